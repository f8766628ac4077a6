-- The index has two sides: calls wait in sets by signature, idle seats in sets by pool. The heads of a side hold the first score of
-- each of its sets that is not empty. One ZINTER of the heads with the ids that matter gives those ids, the best first; its cost follows
-- the smaller of the two, and no score is turned into text on the way (ZMSCORE over the ids took twice as long).
-- Arguments are written as text throughout: Redis prints a Lua number with 17 digits, which costs as much as a small command.
local function byHead(heads, ids)
  return run('ZINTER', '2', P .. heads, P .. ids, 'WEIGHTS', '1', '0')
end

-- The first member past those to skip, over all sets. Reads only.
local function pickPast(sets, heads, ids, skip)
  local best
  for _, id in ipairs(byHead(heads, ids)) do
    local some = run('ZRANGE', P .. sets .. id, 0, skip.count + 1, 'WITHSCORES')
    for at = 1, #some, 2 do
      if not skip.members[some[at]] then
        local head = nil -- taking one behind the head leaves the head
        if at == 1 then head = some[4] or false end
        if not best or tonumber(some[at + 1]) < tonumber(best.score) then
          best = { sets = sets, heads = heads, id = id, member = some[at], score = some[at + 1], head = head }
        end
        break
      end
    end
  end
  return best
end

-- The member with the lowest score over the sets named in the set `ids`, and the head that its set has without it (false = none).
-- Reads only.
local function pick(sets, heads, ids, skip)
  if skip then return pickPast(sets, heads, ids, skip) end
  local id = byHead(heads, ids)[1]
  if not id then return nil end
  local two = run('ZRANGE', P .. sets .. id, '0', '1', 'WITHSCORES')
  return { sets = sets, heads = heads, id = id, member = two[1], head = two[4] or false }
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
