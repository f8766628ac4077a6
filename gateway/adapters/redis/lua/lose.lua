-- The end of an offer that nobody answered: the call keeps score and queuedAt and is offered on at once. Only a decline leaves the
-- agent ready; any other loss on the agent's side makes the agent not ready, with the reason shown.
local LOSS_REASON = { noAnswer = 'rona', expired = 'rona' }

local function pruned(text)
  local skip = inForce(text)
  return skip and skip.text or ''
end

local function lose(c, a, loss)
  if loss.why == 'declined' then
    -- At least this long until the same call is offered to the same agent again: no rapid CANCEL/INVITE loop.
    local ends = '=' .. (now + loss.reofferMs) .. ' '
    c.skip, a.skip = pruned(c.skip) .. seatOf(a.id) .. ends, pruned(a.skip) .. c.id .. ends
  end
  local seat = planCall(c)
  local next = planNext(a, loss.why ~= 'declined' and (LOSS_REASON[loss.why] or loss.why) or nil)
  if seat then take(seat) end
  if next.found then take(next.found) end
  withdraw(c, a, loss.why)
  placeCall(c, seat, loss.offers[1])
  settle(a, next, loss.offers[2], false)
end
