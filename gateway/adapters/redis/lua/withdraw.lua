-- Withdraws an offer that nobody has accepted; its call and agent are then placed by the caller of this function.
local function withdraw(c, a, why)
  local fact = 'lost' .. US .. c.res .. US .. c.id .. US .. a.id .. US .. why .. US .. at
  run('ZREM', P .. LEASES, c.res)
  tell(c.node, fact)
  if a.node ~= c.node then tell(a.node, fact) end
  c.res, c.agent = '', ''
end
