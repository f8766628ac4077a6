-- An offer is told to the caller's node and the agent's node. It also says that the agent is reserved: there is no second entry for that.
local AFTER_RING_MS = 300000 -- a repeated accept is answered for so long after the ring

local function tellOffer(c, a, expires, onlyNode)
  local fact = 'made' .. US .. a.res .. US .. c.id .. US .. a.id .. US .. c.queue .. US .. now .. US .. expires .. US .. c.t0 .. US .. c.node .. US .. a.node
  tell(onlyNode or c.node, fact)
  if not onlyNode and a.node ~= c.node then tell(a.node, fact) end
end

-- Joins a call and a seat: the lease and the outboxes of both nodes. The records are saved by whoever holds them.
local function reserve(c, a, offer)
  local expires = now + c.ring
  c.st, c.agent, c.res = 'reserved', a.id, offer
  a.st, a.since, a.call, a.res = 'reserved', now, c.id, offer
  redis.call('SET', P .. OFFER .. offer, a.id .. '|' .. c.id, 'PX', c.ring + AFTER_RING_MS)
  redis.call('ZADD', P .. LEASES, expires, offer)
  tellOffer(c, a, expires)
end
