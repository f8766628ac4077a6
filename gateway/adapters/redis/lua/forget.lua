-- uses: keys fence records
-- Removes what a finished call left for repeated requests. A call that is not over stays.
-- ARGV: nowMs, call
-- Returns 1 removed, 0 not there or not over
local c = loadCall(ARGV[2])
if c.st ~= 'ended' then return 0 end
if c.res ~= '' then redis.call('DEL', P .. OFFER .. c.res) end
return redis.call('DEL', P .. CALL .. c.id)
