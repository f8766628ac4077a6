-- uses: start keys store-keys fence owner records seats skip heads leave outbox turn offers match-agent relate withdraw log-fact
-- The caller left while queued or offered. An agent who was reserved keeps the place among the idle and is offered the next call.
-- ARGV: nowMs; in one: request, call, offer token, node, what became of the caller (told to an agent who was offered the call),
-- fact: that the caller left, also where they never stood in the line or were answered in the same moment
-- Returns waitMs | VG_TAKEN | VG_NOT_QUEUED. An unknown call is marked as ended: a late arrive of it is refused.
local request, id, token, node, why, fact = fields('ssssss', ARGV[2])
if isAnothers(id, node) then return anothers() end
local c = loadCall(id)
local isDone = seen(c, request)
if isDone then return c.wait end
if isDone == false or (c.st ~= 'queued' and c.st ~= 'reserved') then
  if isDone == nil then logFact(fact, '0') end
  if c.st == '' then c.st = 'ended' end
  return refuse(saveCall, c, request, 'VG_NOT_QUEUED' .. US .. 'call ' .. c.st)
end

local place = c.st == 'queued' and leave(QUEUED, HEADS, c.sig, c.id)
local a = c.st == 'reserved' and loadAgent(c.agent)
local next = a and planNext(a)

if place then
  take(place)
  if c.route ~= '' then run('ZREM', P .. RELAX, c.id) end
else
  withdraw(c, a, why)
  settle(a, next, token, true)
end
c.st, c.wait = 'ended', format('%.0f', now - c.t0)
remember(c, request)
saveCall(c)
logFact(fact, c.wait)
if a then saveSeats(a, token) end
return c.wait
