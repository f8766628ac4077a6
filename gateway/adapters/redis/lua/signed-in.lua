-- Commands of an agent who is not signed in are refused, and so are their repeats after the sign-in.
local function isSignedIn(a, request)
  return a.st ~= '' and a.st ~= 'loggedOut' and seen(a, request) ~= false
end

local function notSignedIn(a, request)
  return refuse(saveAgent, a, request, 'VG_AGENT_UNKNOWN' .. US .. 'not signed in')
end
