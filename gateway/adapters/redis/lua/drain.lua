-- uses: start keys fence records outbox
-- Tells a node to take no more calls. A node is known by where its outbox reader stands.
-- ARGV: nowMs, node
-- Returns 'ok' | VG_REFUSED
if run('EXISTS', P .. 'pos:' .. ARGV[2]) == 0 then return 'VG_REFUSED' .. US .. 'there is no such node' end
tell(ARGV[2], 'drain' .. US .. at)
return 'ok'
