-- uses: keys fence heads outbox match
-- Restores work conservation after a repair from outside: offers one waiting call to one idle able agent.
-- ARGV: nowMs, offer
-- Returns 'moved' | 'none' (no such pair: the normal case)
local a, found
for _, pool in ipairs(redis.call('ZRANGE', P .. IDLE_HEADS, 0, -1)) do
  for _, seat in ipairs(redis.call('ZRANGE', P .. IDLE .. pool, 0, 99)) do
    a = load(AGENT, agentOf(seat), AGENT_FIELDS)
    found = planAgent(a)
    if found or a.skip == '' then break end
  end
  if found then break end
end
if not found then return 'none' end
local place = leave(SEATS, a.pool, seatOf(a.id))
take(place)
placeAgent(a, found, ARGV[2])
return 'moved'
