-- uses: start keys fence records outbox
-- Passes an operator's order on to the node that holds the waiting call.
-- ARGV: nowMs; in one: call, order ('drop', or 'move' with a queue), queue or ''
-- Returns 'ok' | VG_NOT_QUEUED | VG_REFUSED (it is in that queue already)
local id, what, queue = fields('sss', ARGV[2])
local c = loadCall(id)
if c.st ~= 'queued' and c.st ~= 'reserved' then
  return 'VG_NOT_QUEUED' .. US .. (c.st == '' and 'there is no such call' or 'the call does not wait: ' .. c.st)
end
if what == 'move' and c.queue == queue then return 'VG_REFUSED' .. US .. 'the call is in ' .. queue .. ' already' end
tell(c.node, 'order' .. US .. id .. US .. what .. US .. queue .. US .. at)
return 'ok'
