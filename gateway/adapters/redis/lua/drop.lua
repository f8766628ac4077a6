-- uses: start keys store-keys fence owner records seats skip heads leave outbox turn offers match-agent relate withdraw log-fact
-- Ends a call for the queue, whatever it does there: for operators, for a call that no process knows any more, and for its node. Its agent
-- is free at once, without wrap-up, and offered the next call.
-- ARGV: nowMs; in one: request, call, offer token, node that asks for a call of its own, or '', fact: that it left the line
-- Returns waitMs ('' when it waited no longer) | VG_TAKEN | VG_NOT_QUEUED. An unknown call is marked as ended: a late arrive of it is refused.
local request, id, token, node, fact = fields('sssss', ARGV[2])
if node ~= '' and isAnothers(id, node) then return anothers() end
local c = loadCall(id)
local isDone = seen(c, request)
if isDone then return c.wait end
if isDone == false or c.st == '' or c.st == 'ended' then
  local why = c.st == '' and 'unknown' or 'ended'
  c.st = 'ended'
  return refuse(saveCall, c, request, 'VG_NOT_QUEUED' .. US .. 'call ' .. why)
end
local place = c.st == 'queued' and leave(QUEUED, HEADS, c.sig, c.id)
local a = c.st ~= 'queued' and loadAgent(c.agent)
local isBound, isOpen = a and a.call == c.id, a and has(a.open, c.id)
local next = isOpen and planClosed(a, c.id) or isBound and planNext(a)

if place then
  take(place)
  if c.route ~= '' then run('ZREM', P .. RELAX, c.id) end
elseif c.st == 'reserved' then
  withdraw(c, a, 'elsewhere')
end
local hasWaited = c.st ~= 'connected'
c.st, c.wait = 'ended', hasWaited and format('%.0f', now - c.t0) or ''
remember(c, request)
saveCall(c)
if hasWaited then logFact(fact, c.wait) end
if next then
  settle(a, next, token, true)
elseif isOpen then
  tellAgent(a)
end
if next or isOpen then saveSeats(a, token) end
return c.wait
