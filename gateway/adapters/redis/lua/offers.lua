-- An offer is told to the caller's node and the agent's node. It also says that the agent is reserved: there is no second entry for that.
local function tellOffer(c, a, expires, onlyNode)
  local fact = 'made' .. US .. a.res .. US .. c.id .. US .. a.id .. US .. c.queue .. US .. at .. US .. expires .. US .. c.t0 .. US .. c.node .. US .. a.node .. US .. c.why
  tell(onlyNode or c.node, fact)
  if not onlyNode and a.node ~= c.node then tell(a.node, fact) end
end

-- Joins a call and a seat: the lease and the outboxes of both nodes. Whoever saves the agent saves both. The offer's id is the client's
-- new token with the call's id behind it, so that whoever names the offer names the call. `how`: token, trigger, others.
local function reserve(c, a, how)
  local expires = format('%.0f', now + c.ring)
  c.st, c.agent, c.res, c.why = 'reserved', a.id, how.token .. '.' .. c.id, how.trigger .. ' ' .. how.others .. ' ' .. (c.steps == '' and '0' or c.steps)
  a.st, a.since, a.call, a.res, a.partner = 'reserved', at, c.id, c.res, c
  beginWork(a)
  run('ZADD', P .. LEASES, expires, c.res)
  if c.route ~= '' then run('ZREM', P .. RELAX, c.id) end
  tellOffer(c, a, expires)
end
