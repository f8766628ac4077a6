-- uses: start keys store-keys fence owner records seats skip heads leave outbox turn offers match-agent relate route match-call log-fact
-- A call joins its line: offered to the longest idle able agent, or queued. Also takes over a known call for another node, gives a waiting
-- call the route that its queue's rules ask for by now, and puts a call whose agent was lost back, and an item that its agent has to give
-- back; each with its first score.
-- ARGV: nowMs; in one: request, call, queue, route (route.lua; the first change is due at once), node, ringTimeoutMs, isReturning (1/0, or
-- the record of the agent who has the item), offer token, queuedAt or '' (of a call that waited already: the store may have lost it), how
-- many may wait or '', fact: that it came, also where the line is full
-- Returns 'queued' | 'reserved' | 'full' (it would have to wait, and so many do: nothing is changed) | 'undefined' (signature not written
-- yet) | VG_NOT_QUEUED (it talks, or has ended; an item: that agent has it no more) | VG_TAKEN
local request, id, queue, route, node, ring, returning, token, queuedAt, most, fact = fields('sssssssssss', ARGV[2])
if isAnothers(id, node) then return anothers() end
local isReturning, isFromAgent = returning ~= '0', find(returning, '/', 1, true)
local c = loadCall(id)
local isDone = seen(c, request)
if isDone then return c.st == 'queued' and 'queued' or 'reserved' end
local isOver = not isReturning and (c.st == 'connected' or c.st == 'ended')
local isNotTheirs = isFromAgent and (c.st ~= 'connected' or c.agent ~= returning)
if isDone == false or isOver or isNotTheirs then
  local refusal = 'VG_NOT_QUEUED' .. US .. 'call ' .. c.st
  return c.st == '' and refusal or refuse(saveCall, c, request, refusal)
end

for signature in string.gmatch(route, ':([^:]+):') do
  if not isPersonal(signature) and run('EXISTS', P .. SERVED .. signature) == 0 then return 'undefined' end
end

if c.st == 'queued' or c.st == 'reserved' then
  local isMoved, isOther, a = c.node ~= node, not isOnItsWay(c, route), c.st == 'reserved' and loadAgent(c.agent)
  local expires = a and run('ZSCORE', P .. LEASES, c.res)
  local left = isOther and c.st == 'queued' and leave(QUEUED, HEADS, c.sig, c.id)
  c.node, c.ring = node, ring
  if isOther then c.queue, c.route, c.steps = queue, route, isPersonal(c.sig) and '0' or '' end
  remember(c, request)
  logFact(fact)
  if left then
    local seat = planCall(c)
    take(left)
    run('ZREM', P .. RELAX, c.id)
    placeCall(c, seat, token)
    return c.st
  end
  saveCall(c)
  if a and isMoved then tellOffer(c, a, expires, c.node) end
  return c.st
end

-- An item leaves its agent before anybody is offered it.
if isFromAgent then
  local a = loadAgent(returning)
  local next = planClosed(a, id)
  a.hasWorked = true
  if next then settle(a, next, token, false) else tellAgent(a) end
  saveSeats(a, token)
  c = loadCall(id)
end

if queuedAt ~= '' and tonumber(queuedAt) > now then queuedAt = '' end -- by a clock that is ahead
local place = c.score == '' and (queuedAt == '' and nextPlace() or placeAt(queuedAt))
if place then c.score, c.t0 = place, queuedAt == '' and at or queuedAt end
c.sig, c.route, c.steps, c.queue, c.node, c.ring, c.wait, c.res = '', route, '', queue, node, ring, '', ''
local seat = planCall(c)
if not seat and most ~= '' and waitingIn(queue) >= tonumber(most) then
  logFact(fact)
  return 'full'
end
if place and queuedAt == '' then run('SET', P .. SEQ, place) end
remember(c, request)
logFact(fact)
placeCall(c, seat, token)
return c.st
