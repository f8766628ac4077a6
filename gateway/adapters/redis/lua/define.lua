-- uses: start keys
-- Writes a new signature or pool with its edges to the other side, worked out by the client from the entries it saw. Nothing waits
-- under a new signature and nobody idles in a new pool, so no match can be missed.
-- ARGV: nowMs, 'signature' | 'pool', id, canonical text, queue of a signature (or ''), how many entries of the other side were seen, then
-- the ids that match
-- Returns 'ok' | the other side as it is now (id, text, id, text …), when another number was seen: work out the edges again
local isSignature, id = ARGV[2] == 'signature', ARGV[3]
local own, other = isSignature and SIGNATURES or POOLS, isSignature and POOLS or SIGNATURES
local ownSet, otherSet = isSignature and SERVED or SERVES, isSignature and SERVES or SERVED
if run('HEXISTS', P .. own, id) == 1 then return 'ok' end
if run('HLEN', P .. other) ~= tonumber(ARGV[6]) then return run('HGETALL', P .. other) end
run('HSET', P .. own, id, ARGV[4])
run('SADD', P .. ownSet .. id .. ':0', '-')
if isSignature then run('SADD', P .. LINES .. ARGV[5], id) end
for i = 7, #ARGV do
  run('SADD', P .. ownSet .. id .. ':0', ARGV[i])
  run('SADD', P .. otherSet .. ARGV[i] .. ':0', id)
end
return 'ok'
