-- The call of an offer, or nil when the call has no such offer (any more): an offer id is a fencing token. Reads only.
local function loadOffer(offer)
  local c = loadCall(match(offer, '%.(.*)$') or '')
  return c.res == offer and c or nil
end
