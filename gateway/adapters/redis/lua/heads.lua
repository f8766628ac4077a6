-- Waiting calls stand in sets by signature, idle seats in sets by pool. The heads of a side hold the first score of each of its sets that
-- is not empty; the ids that matter stand in a set with their tiers. One ZINTER of both gives those ids, the best first: scores plus
-- tiers. Its cost follows the smaller of the two, and no score is turned into text on the way (ZMSCORE over the ids took twice as long).
-- Arguments are written as text throughout: Redis prints a Lua number with 17 digits, which costs as much as a small command.
-- A call's score is its band in units of 2^44 and its place, an idle seat's its turn; both are below 2^43, where a tier begins. So a tier
-- goes before place and turn, and a band before a tier, all of it exact in a double.
local TIER = '8796093022208'
local function byHead(heads, ids)
  return run('ZINTER', '2', P .. heads, P .. ids, 'WEIGHTS', '1', TIER)
end

-- The first member of a set past those to skip, and the head that the set has without it: false = none, nil = the head stays. Reads only.
local function firstOf(sets, heads, id, skip)
  local some = run('ZRANGE', P .. sets .. id, '0', skip and skip.count + 1 or '1', 'WITHSCORES')
  for at = 1, #some, 2 do
    if not (skip and skip.members[some[at]]) then
      local head = nil
      if at == 1 then head = some[4] or false end
      return { sets = sets, heads = heads, id = id, member = some[at], score = tonumber(some[at + 1]), head = head }
    end
  end
end

-- The score with the tier.
local function rankOf(plan, ids)
  return plan.score + (run('ZSCORE', P .. ids, plan.id) or 0) * TIER
end

-- How many members there are besides the best one; those of the first sets only, as each costs a command: '+' = more were not counted.
local COUNTED = 3
local function othersIn(sets, all)
  local others = -1
  for at = 1, math.min(#all, COUNTED) do others = others + run('ZCARD', P .. sets .. all[at]) end
  return #all > COUNTED and others .. '+' or others
end

-- The best member over the sets named in `ids`, with how many others there were. Reads only.
local function pick(sets, heads, ids, skip)
  local all = byHead(heads, ids)
  if #all == 0 then return nil end
  local best
  if not skip then
    best = firstOf(sets, heads, all[1], nil)
  else
    for _, id in ipairs(all) do
      local one = firstOf(sets, heads, id, skip)
      if one then one.rank = rankOf(one, ids) end
      if one and (not best or one.rank < best.rank) then best = one end
    end
  end
  if best then best.others = othersIn(sets, all) end
  return best
end

-- Carries out what `pick` or `leave` planned and repairs the head, once. All takes of a script come before its first put: a plan knows
-- the head of its set as it was.
local function take(plan)
  if plan.isTaken then return end
  plan.isTaken = true
  run('ZREM', P .. plan.sets .. plan.id, plan.member)
  if plan.head then
    run('ZADD', P .. plan.heads, plan.head, plan.id)
  elseif plan.head == false then
    run('ZREM', P .. plan.heads, plan.id)
  end
end
