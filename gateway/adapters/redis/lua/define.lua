-- uses: start keys
-- Writes a new signature or pool with its edges to the other side, worked out by the client from the entries it saw. Nothing waits
-- under a new signature and nobody idles in a new pool, so no match can be missed.
-- ARGV: nowMs, 'signature' | 'pool', id, canonical text, queue of a signature (or ''), how many entries of the other side were seen, then
-- of each that matches: id, tier of the pool for the signature, tier of the signature for the pool
-- Returns 'ok' | the other side as it is now (id, text, id, text …), when another number was seen: work out the edges again
local isSignature, id = ARGV[2] == 'signature', ARGV[3]
local own, other = isSignature and SIGNATURES or POOLS, isSignature and POOLS or SIGNATURES
if run('HEXISTS', P .. own, id) == 1 then return 'ok' end
if run('HLEN', P .. other) ~= tonumber(ARGV[6]) then return run('HGETALL', P .. other) end
run('HSET', P .. own, id, ARGV[4])
run('ZADD', P .. (isSignature and SERVED or SERVES) .. id, 0, '-')
if isSignature then run('SADD', P .. LINES .. ARGV[5], id) end
for i = 7, #ARGV, 3 do
  local signature, pool = isSignature and id or ARGV[i], isSignature and ARGV[i] or id
  run('ZADD', P .. SERVED .. signature, ARGV[i + 1], pool)
  run('ZADD', P .. SERVES .. pool, ARGV[i + 2], signature)
end
return 'ok'
