-- uses: start keys fence records
-- Removes what a finished call left for repeated requests. A call that is not over stays.
-- ARGV: nowMs, call
-- Returns 1 nothing is left, 0 not over
local c = loadCall(ARGV[2])
if c.st ~= 'ended' then return c.st == '' and 1 or 0 end
return run('DEL', P .. CALL .. ARGV[2])
