-- An agent has seats by channel. Those of one channel are alike, so they are one record: 'anna' is anna's voice seat, 'anna/chat' are her
-- chat seats, `slots` of them ('' = one). One of them at a time idles or is offered; `open` names the work that has taken others.
-- A busy record blocks those of its agent's records that `blocks` names; each of them has its id in `blockedBy`, and is 'blocked' where it
-- would be ready. All three are lists: 'member member '.

-- The name of a record in the index of idle seats.
local function seatOf(id)
  return find(id, '/', 1, true) and id or id .. '/voice/0'
end

local function holderOf(seat)
  return sub(seat, -8) == '/voice/0' and sub(seat, 1, -9) or seat
end

local function has(list, member)
  return find(' ' .. list, ' ' .. member .. ' ', 1, true) ~= nil
end

local function without(list, member)
  local first, last = find(' ' .. list, ' ' .. member .. ' ', 1, true)
  return first and sub(list, 1, first - 1) .. sub(list, last) or list
end

local function isBusy(a)
  return a.st == 'reserved' or a.st == 'talking' or a.st == 'wrapUp' or a.open ~= ''
end

local function isFull(a)
  local _, count = string.gsub(a.open, ' ', '')
  return a.slots ~= '' and count >= tonumber(a.slots)
end
