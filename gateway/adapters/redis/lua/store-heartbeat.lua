-- uses: start store-keys
-- Renews a node's lease, by Redis's clock.
-- ARGV: nowMs, node, leaseMs
run('ZADD', P .. NODES, now + ARGV[3], ARGV[2])
return 'ok'
