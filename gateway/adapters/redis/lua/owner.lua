-- A call is the node's that the call store gives it to: who began it, or who took it over last. What another one still asks for it was
-- asked too late. Whoever speaks of what the store has no snapshot of, an item or a call that it lost, is believed. Reads only.
local STORE = 'vx:' -- the store's prefix up to the tenant; the queue's is 'acd:'
local function isAnothers(call, node)
  local has, had = unpack(run('HMGET', STORE .. sub(P, 5) .. SNAPSHOT .. call, 'node', 'was'))
  local owner = has or had
  return owner and owner ~= node
end

local function anothers()
  return 'VG_TAKEN' .. US .. 'another node has the call'
end
