-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate route match-call withdraw lose held
-- Moves one thing whose time is over: an offer that nobody answered, a wrap-up, a re-offer interval, what a waiting call asked for.
-- ARGV: nowMs, offer token for a call, offer token for an agent
-- Returns 'moved' | 'none'
local expired = run('ZRANGEBYSCORE', P .. LEASES, '-inf', at, 'LIMIT', 0, 1)[1]
if expired then
  local c = loadOffer(expired)
  if c and c.st == 'reserved' then
    local a = loadAgent(c.agent)
    lose(c, a, { why = 'expired', callToken = ARGV[2], agentToken = ARGV[3] })
    saveSeats(a, ARGV[3])
  else
    run('ZREM', P .. LEASES, expired)
  end
  return 'moved'
end

local waiting = run('ZRANGEBYSCORE', P .. RELAX, '-inf', at, 'LIMIT', 0, 1)[1]
if waiting then
  local c = loadCall(waiting)
  local place = c.st == 'queued' and leave(QUEUED, HEADS, c.sig, c.id)
  local seat = place and planCall(c)
  run('ZREM', P .. RELAX, waiting)
  if place then
    take(place)
    placeCall(c, seat, ARGV[2])
  end
  return 'moved'
end

local due = run('ZRANGEBYSCORE', P .. DUE, '-inf', at, 'LIMIT', 0, 1)[1]
if not due then return 'none' end
local a = loadAgent(due)
local next = a.st == 'wrapUp' and tonumber(a.wrapEnd) <= now and planNext(a)
local found = a.st == 'ready' and planAgent(a)
local place = found and leave(IDLE, IDLE_HEADS, a.pool, seatOf(a.id))
local skip = a.st == 'ready' and inForce(a.skip)

run('ZREM', P .. DUE, due)
if next then
  settle(a, next, ARGV[3], false)
elseif found then
  take(place)
  placeAgent(a, found, ARGV[3])
elseif skip then
  run('ZADD', P .. DUE, skip.first, a.id)
end
if next or found then saveSeats(a, ARGV[3]) end
return 'moved'
