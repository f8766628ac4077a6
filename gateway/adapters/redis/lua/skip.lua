-- 'member=until member=until' as the set of those still in force, or nil. Reads only.
local function inForce(text)
  if text == '' then return nil end
  local skip = { count = 0, members = {}, text = '', first = nil }
  for member, ends in string.gmatch(text, '(%S+)=(%d+)') do
    if tonumber(ends) > now then
      skip.count, skip.members[member], skip.text = skip.count + 1, true, skip.text .. member .. '=' .. ends .. ' '
      if not skip.first or tonumber(ends) < skip.first then skip.first = tonumber(ends) end
    end
  end
  return skip.count > 0 and skip or nil
end
