-- uses: start keys fence records
-- Removes what a finished call left for repeated requests. A call that is not over stays.
-- ARGV: nowMs, call
-- Returns 1 removed, 0 not there or not over
if loadCall(ARGV[2]).st ~= 'ended' then return 0 end
return run('DEL', P .. CALL .. ARGV[2])
