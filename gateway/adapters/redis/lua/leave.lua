-- Plans that a member leaves its set, wherever it stands; `take` carries it out. Reads only.
local function leave(sets, heads, id, member)
  local two = run('ZRANGE', P .. sets .. id, '0', '1', 'WITHSCORES')
  local head = nil
  if two[1] == member then head = two[4] or false end
  return { sets = sets, heads = heads, id = id, member = member, head = head }
end
