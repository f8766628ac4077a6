-- uses: keys fence heads outbox match
-- The caller left while queued or offered. An agent who was reserved keeps the place among the idle and is offered the next call.
-- ARGV: nowMs, request, call, offer
-- Returns waitMs | VG_NOT_QUEUED. An unknown call is marked as ended: a late arrive of it is refused.
local request, offer = ARGV[2], ARGV[4]
local c = load(CALL, ARGV[3], CALL_FIELDS)
local before = seen(c.log, request)
if before then return before end
if c.st == '' then
  finish(c)
  return refuse(CALL, c, request, 'VG_NOT_QUEUED' .. US .. 'call unknown')
end
if c.st ~= 'queued' and c.st ~= 'reserved' then return refuse(CALL, c, request, 'VG_NOT_QUEUED' .. US .. 'call ' .. c.st) end

local place = c.st == 'queued' and leave(CALLS, c.sig, c.id)
local a = c.st == 'reserved' and load(AGENT, c.agent, AGENT_FIELDS)
local next = a and planNext(a)

local reply = remember(c, request, string.format('%.0f', now - c.t0))
if place then
  take(place)
  redis.call('ZREM', P .. LINE .. c.queue, c.id)
else
  withdraw(c, a, 'callerLeft')
  settle(a, next, offer, true)
end
finish(c)
return reply
