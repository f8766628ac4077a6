-- uses: start store-keys
-- Renews a node's lease, by Redis's clock.
-- ARGV: nowMs, node, leaseMs
-- Returns 'kept' | 'lapsed' (it had run out, or is new: others may have taken this node's calls)
local ends = run('ZSCORE', P .. NODES, ARGV[2])
run('ZADD', P .. NODES, now + ARGV[3], ARGV[2])
return ends and tonumber(ends) > now and 'kept' or 'lapsed'
