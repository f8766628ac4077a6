-- uses: keys
-- Removes what a finished call left for repeated requests. A call that is not over stays.
-- ARGV: nowMs, call
-- Returns how many keys went
local c = redis.call('HMGET', P .. CALL .. ARGV[2], 'st', 'res')
if c[1] ~= 'ended' then return 0 end
if c[2] and c[2] ~= '' then redis.call('DEL', P .. OFFER .. c[2]) end
return redis.call('DEL', P .. CALL .. ARGV[2])
