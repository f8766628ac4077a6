-- The index has two sides: calls wait in sets by signature, idle seats in sets by pool. A side's `heads` holds the first score of
-- each of its sets that is not empty, so one ZMSCORE over the sets that matter finds the best of all.
local CALLS = { sets = QUEUED, heads = HEADS }
local SEATS = { sets = IDLE, heads = IDLE_HEADS }

-- Scores of the heads of `ids` (false = empty set), in chunks below Lua's unpack limit. Reads only.
local function headScores(side, ids)
  if #ids == 0 then return {} end
  if #ids <= 1000 then return redis.call('ZMSCORE', P .. side.heads, unpack(ids)) end
  local all = {}
  for from = 1, #ids, 1000 do
    for _, score in ipairs(redis.call('ZMSCORE', P .. side.heads, unpack(ids, from, math.min(from + 999, #ids)))) do
      all[#all + 1] = score
    end
  end
  return all
end

-- The first member past those to skip, over all sets of `ids`. Reads only.
local function pickPast(side, ids, skip)
  local best
  for i, score in ipairs(headScores(side, ids)) do
    local some = score and redis.call('ZRANGE', P .. side.sets .. ids[i], 0, skip.count + 1, 'WITHSCORES') or {}
    for at = 1, #some, 2 do
      if not skip.members[some[at]] then
        local head = nil -- taking one behind the head leaves the head
        if at == 1 then head = some[4] or false end
        if not best or tonumber(some[at + 1]) < tonumber(best.score) then
          best = { side = side, id = ids[i], member = some[at], score = some[at + 1], head = head }
        end
        break
      end
    end
  end
  return best
end

-- The member with the lowest score over all sets of `ids`, and the head that its set has without it (false = none). Reads only.
local function pick(side, ids, skip)
  if skip then return pickPast(side, ids, skip) end
  local scores, best, at = headScores(side, ids), nil, nil
  for i = 1, #scores do
    local score = scores[i] and tonumber(scores[i])
    if score and (not best or score < best) then best, at = score, i end
  end
  if not best then return nil end
  local two = redis.call('ZRANGE', P .. side.sets .. ids[at], 0, 1, 'WITHSCORES')
  return { side = side, id = ids[at], member = two[1], score = two[2], head = two[4] or false }
end

-- Plans that a member leaves its set, wherever it stands. Reads only.
local function leave(side, id, member)
  local two = redis.call('ZRANGE', P .. side.sets .. id, 0, 1, 'WITHSCORES')
  local head = nil
  if two[1] == member then head = two[4] or false end
  return { side = side, id = id, member = member, head = head }
end

-- Carries out what `pick` or `leave` planned and repairs the head, once. All takes of a script come before its first put: a plan knows
-- the head of its set as it was.
local function take(plan)
  if plan.isTaken then return end
  plan.isTaken = true
  redis.call('ZREM', P .. plan.side.sets .. plan.id, plan.member)
  if plan.head then
    redis.call('ZADD', P .. plan.side.heads, plan.head, plan.id)
  elseif plan.head == false then
    redis.call('ZREM', P .. plan.side.heads, plan.id)
  end
end

local function put(side, id, member, score)
  redis.call('ZADD', P .. side.sets .. id, score, member)
  redis.call('ZADD', P .. side.heads, 'LT', score, id)
end
