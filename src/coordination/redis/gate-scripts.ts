import { script } from './redis.ts';

/*
 * The waiting line of one account, in Redis. For each window: `taken` (who has a place, by when it arrived), `line` (who
 * waits, by number), `lease` (until when whoever waits is taken to be there) and `closed` (until when). Of a place that is
 * under way, the score is `far` plus the time until which its replica answers for it, so that it comes last and does not
 * age. All times are Redis's own, in ms, `lead` later where the clock of this program runs ahead of real time.
 *
 * `gen` says which generation of the data this is. Data that was lost is another generation: then nobody is let in until
 * every replica has had the time to put its own places back.
 */
const head = `
  local far = 1125899906842624
  local time = redis.call('TIME')
  local real = time[1] * 1000 + math.floor(time[2] / 1000)
  local function text(number) return string.format('%.0f', number) end
  local function keep(key, ms) redis.call('PEXPIRE', key, text(ms + 120000)) end
  local function tidy(taken, hold, now)
    local over = redis.call('ZRANGEBYSCORE', taken, text(far), text(far + now), 'WITHSCORES')
    for i = 1, #over, 2 do redis.call('ZADD', taken, text(over[i + 1] - far), over[i]) end
    redis.call('ZREMRANGEBYSCORE', taken, '-inf', text(now - hold))
  end
  local function isOtherGeneration(mine) return redis.call('HGET', KEYS[1], 'id') ~= mine end`;

/** How far the time of Redis may be from what was expected, in ms: further, and whoever asked has given up since. */
const drift = 250;
/** A place under way counts for so long after its replica was last heard of; a waiter likewise. In ms. */
const placeLeaseMs = 30_000;
const waiterLeaseMs = 3_000;
/** Within this long every replica has noticed that it is a new generation, in ms. */
const settlingMs = 1_500;
const rememberedMs = 86_400_000;

/**
 * KEYS: gen, seq, then taken, line, lease, closed of each window. ARGV: expected time, lead, generation, ticket, number in
 * the line, ms until it is of no use; then places (0: any number) and hold of each window.
 * Gives what came of it, the time, ms until it is let in, and the number.
 */
export const enterScript = script(`${head}
  if math.abs(real - ARGV[1]) > ${drift} then return {'late', text(real)} end
  if isOtherGeneration(ARGV[3]) then return {'generation', text(real)} end
  local now, ticket = real + ARGV[2], ARGV[4]
  local opens = now + math.max(0, redis.call('HGET', KEYS[1], 'opens') - real)
  local windows = (#KEYS - 2) / 4
  for i = 0, windows - 1 do
    local taken, line, lease, closed = unpack(KEYS, 3 + i * 4, 6 + i * 4)
    local places, hold = tonumber(ARGV[7 + i * 2]), tonumber(ARGV[8 + i * 2])
    local shut = math.max(now, tonumber(redis.call('GET', closed) or now))
    if places == 0 then opens = math.max(opens, shut) else
      tidy(taken, hold, now)
      for _, gone in ipairs(redis.call('ZRANGEBYSCORE', lease, '-inf', text(now))) do
        redis.call('ZREM', lease, gone)
        redis.call('ZREM', line, gone)
      end
      local count = redis.call('ZCARD', taken)
      local ahead = redis.call('ZRANK', line, ticket)
      if not ahead then
        ahead = ARGV[5] == '' and redis.call('ZCARD', line) or redis.call('ZCOUNT', line, '-inf', '(' .. ARGV[5])
      end
      local rounds = math.max(0, math.ceil((ahead - places + 1) / places))
      local index = count + ahead - places - rounds * places
      local leaves = now
      if index >= 0 and index < count then
        local arrived = tonumber(redis.call('ZRANGE', taken, index, index, 'WITHSCORES')[2])
        leaves = (arrived >= far and now or arrived) + hold
      end
      opens = math.max(opens, math.max(leaves, shut) + rounds * hold)
    end
  end
  local wait, number = opens - now, ARGV[5]
  local outcome = wait <= 0 and 'in' or wait >= tonumber(ARGV[6]) and 'refused' or 'wait'
  if outcome == 'wait' and number == '' then
    number = redis.call('INCR', KEYS[2])
    redis.call('PEXPIRE', KEYS[2], ${rememberedMs})
  end
  local answer = {outcome, text(real), text(math.max(0, wait)), tostring(number)}
  for i = 0, windows - 1 do
    local taken, line, lease = unpack(KEYS, 3 + i * 4, 5 + i * 4)
    local places, hold = tonumber(ARGV[7 + i * 2]), tonumber(ARGV[8 + i * 2])
    if places > 0 then
      if outcome == 'wait' then
        redis.call('ZADD', line, number, ticket)
        redis.call('ZADD', lease, text(now + ${waiterLeaseMs}), ticket)
        keep(line, ${waiterLeaseMs})
        keep(lease, ${waiterLeaseMs})
      else
        redis.call('ZREM', line, ticket)
        redis.call('ZREM', lease, ticket)
      end
      if outcome == 'in' then
        redis.call('ZADD', taken, text(far + now + ${placeLeaseMs}), ticket)
        keep(taken, hold + ${placeLeaseMs})
      end
    end
  end
  return answer`);

/** KEYS: taken of each window. ARGV: lead, ticket, ms from now at which it has arrived at the latest. */
export const arriveScript = script(`${head}
  for _, taken in ipairs(KEYS) do redis.call('ZADD', taken, 'XX', text(real + ARGV[1] + ARGV[3]), ARGV[2]) end`);

/** KEYS: line and lease of each window. ARGV: ticket of one who waits no longer. */
export const leaveScript = script(`for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end`);

/** KEYS: closed. ARGV: lead, ms from now until which the platform lets nobody in. */
export const closeScript = script(`${head}
  local closedUntil = real + ARGV[1] + ARGV[2]
  if closedUntil > tonumber(redis.call('GET', KEYS[1]) or 0) then
    redis.call('SET', KEYS[1], text(closedUntil), 'PX', text(math.max(1, tonumber(ARGV[2]))))
  end`);

/**
 * This replica is there. KEYS: gen, replicas, taken of each window. ARGV: expected time, lead, generation, replica; hold
 * of each window; then tickets of its own places that are under way, which it goes on to answer for.
 * Gives what came of it, the time, and how many replicas are there.
 */
export const pulseScript = script(`${head}
  if math.abs(real - ARGV[1]) > ${drift} then return {'late', text(real)} end
  if isOtherGeneration(ARGV[3]) then return {'generation', text(real)} end
  local now = real + ARGV[2]
  redis.call('PEXPIRE', KEYS[1], ${rememberedMs})
  redis.call('ZADD', KEYS[2], text(real + 3000), ARGV[4])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(real))
  redis.call('PEXPIRE', KEYS[2], 3000)
  local answer = {'alive', text(real), redis.call('ZCARD', KEYS[2])}
  local windows = #KEYS - 2
  for i = 1, windows do
    local taken = KEYS[2 + i]
    tidy(taken, tonumber(ARGV[4 + i]), now)
    for j = 5 + windows, #ARGV do
      local score = redis.call('ZSCORE', taken, ARGV[j])
      if score and tonumber(score) >= far then redis.call('ZADD', taken, text(far + now + ${placeLeaseMs}), ARGV[j]) end
    end
  end
  return answer`);

/**
 * Puts this replica's own places back, and says which generation it is. KEYS: gen, taken of each window. ARGV: lead,
 * name for a new generation, 1 where one has to begin because places were made without Redis; then for each place the
 * number of its window, its ticket, ms since it arrived (empty: under way) and the window's hold.
 * Gives the generation, and the time.
 */
export const joinScript = script(`${head}
  local id, opens = unpack(redis.call('HMGET', KEYS[1], 'id', 'opens'))
  if not id or (ARGV[3] == '1' and tonumber(opens) <= real) then
    id = ARGV[2]
    redis.call('HSET', KEYS[1], 'id', id, 'opens', text(real + ${settlingMs}))
  end
  redis.call('PEXPIRE', KEYS[1], ${rememberedMs})
  local now = real + ARGV[1]
  for i = 4, #ARGV, 4 do
    local taken, age = KEYS[1 + ARGV[i]], ARGV[i + 2]
    redis.call('ZADD', taken, age == '' and text(far + now + ${placeLeaseMs}) or text(now - age), ARGV[i + 1])
    keep(taken, ARGV[i + 3] + ${placeLeaseMs})
  end
  return {id, text(real)}`);
