-- uses: start keys fence records outbox
-- A message from node to node, through the outbox of the one it is for. Nothing is written for a node that nobody reads.
-- ARGV: nowMs, node, text
-- Returns 1 sent, 0 no such node
if run('EXISTS', P .. 'pos:' .. ARGV[2]) == 0 then return 0 end
tell(ARGV[2], 'message' .. US .. at .. US .. ARGV[3])
return 1
