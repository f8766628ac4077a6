-- uses: keys fence records
-- The call's place in the line of its queue, over all needs: 0 = next.
-- ARGV: nowMs, call
-- Returns queue, place, queuedAt | nil
local c = loadCall(ARGV[2])
if c.st ~= 'queued' then return nil end
return { c.queue, redis.call('ZRANK', P .. LINE .. c.queue, c.id), c.t0 }
