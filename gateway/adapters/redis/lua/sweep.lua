-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate
-- Restores work conservation after a repair from outside: offers one waiting call to one idle able agent.
-- ARGV: nowMs, offer token
-- Returns 'moved' | 'none' (no such pair: the normal case)
local a, found
for _, pool in ipairs(run('ZRANGE', P .. IDLE_HEADS, 0, -1)) do
  for _, seat in ipairs(run('ZRANGE', P .. IDLE .. pool, 0, 99)) do
    a = loadAgent(holderOf(seat))
    found = a.skip == '' and planAgent(a) or nil -- the end of a re-offer interval is the reaper's
    if found or a.skip == '' then break end
  end
  if found then break end
end
if not found then return 'none' end
local place = leave(IDLE, IDLE_HEADS, a.pool, seatOf(a.id))
take(place)
placeAgent(a, found, ARGV[2])
saveSeats(a, ARGV[2])
return 'moved'
