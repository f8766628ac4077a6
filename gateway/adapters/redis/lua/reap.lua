-- uses: keys fence heads outbox match lose
-- Moves one thing whose time is over: an offer that nobody answered, a wrap-up, a re-offer interval.
-- ARGV: nowMs, offer for a call, offer for an agent
-- Returns 'moved' | 'none'
local expired = redis.call('ZRANGEBYSCORE', P .. LEASES, '-inf', now, 'LIMIT', 0, 1)[1]
if expired then
  local a, c = loadOffer(expired)
  if a and c.st == 'reserved' then
    lose(c, a, { why = 'expired', offers = { ARGV[2], ARGV[3] } })
  else
    redis.call('ZREM', P .. LEASES, expired)
  end
  return 'moved'
end

local due = redis.call('ZRANGEBYSCORE', P .. DUE, '-inf', now, 'LIMIT', 0, 1)[1]
if not due then return 'none' end
local a = load(AGENT, due, AGENT_FIELDS)
local isOver = a.st == 'wrapUp' and tonumber(a['until']) <= now
local next = isOver and planNext(a)
local found = a.st == 'ready' and planAgent(a)
local place = found and leave(SEATS, a.pool, seatOf(a.id))
local skip = a.st == 'ready' and inForce(a.skip)

redis.call('ZREM', P .. DUE, due)
if next then
  settle(a, next, ARGV[3], false)
elseif found then
  take(place)
  placeAgent(a, found, ARGV[3])
elseif skip then
  redis.call('ZADD', P .. DUE, skip.first, a.id)
end
return 'moved'
