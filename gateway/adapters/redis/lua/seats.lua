-- The index holds seats (agent/channel/slot), so that an agent can have more of them, and other channels. Voice has one.
local VOICE_SEAT = '/voice/0'

local function agentOf(seat)
  return match(seat, '^(.*)/[^/]+/%d+$')
end
