-- The end of an offer that nobody answered: the call keeps score and queuedAt and is offered on at once. A decline leaves the
-- agent ready, and so does a fault of ours; any other loss on the agent's side makes the agent not ready, with the reason shown. Saving the agent is left to the verb.
local function pruned(text)
  local skip = inForce(text)
  return skip and skip.text or ''
end

local function lose(c, a, loss)
  local reason, ends = loss.why, at
  if loss.why == 'declined' or loss.why == 'noService' then
    -- At least this long until the same call is offered to the same agent again: no rapid CANCEL/INVITE loop.
    ends, reason = format('%.0f', now + loss.reofferMs), nil
    a.skip = pruned(a.skip) .. c.id .. '=' .. ends .. ' '
  elseif loss.why == 'noAnswer' or loss.why == 'expired' then
    reason = 'rona'
  end
  c.skip = pruned(c.skip) .. seatOf(a.id) .. '=' .. ends .. ' '
  local seat, next = planCall(c), planNext(a, reason)
  if seat then take(seat) end
  if next.found then take(next.found) end
  withdraw(c, a, loss.why)
  placeCall(c, seat, loss.callToken)
  settle(a, next, loss.agentToken, false)
end
