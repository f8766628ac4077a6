-- uses: keys
-- The call's place in the line of its queue, over all needs: 0 = next.
-- ARGV: nowMs, call
-- Returns queue, place, queuedAt | nil
local c = redis.call('HMGET', P .. CALL .. ARGV[2], 'st', 'queue', 't0')
if c[1] ~= 'queued' then return nil end
return { c[2], redis.call('ZRANK', P .. LINE .. c[2], ARGV[2]), c[3] }
