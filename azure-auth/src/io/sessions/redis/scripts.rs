//! What a Redis server does in one step.

use std::sync::LazyLock;

use redis::Script;

/// KEYS: the marks. ARGV: what a new mark of each is, and for how many seconds it must be there.
pub(super) static BEGIN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local found = {}
        for position = 1, 2 do
            redis.call('SET', KEYS[position], ARGV[position], 'NX', 'EX', ARGV[3])
            if redis.call('TTL', KEYS[position]) < tonumber(ARGV[3]) then
                redis.call('EXPIRE', KEYS[position], ARGV[3])
            end
            found[position] = redis.call('GET', KEYS[position])
        end
        return found
        ",
    )
});

/// KEYS: the session, its marks, its lists. ARGV: what the marks must be, value, seconds to live, member, absolute end,
/// now.
///
/// It writes first what a server without memory refuses: after a write that it allows, a script may do anything.
///
/// A mark is put off by twice what it needs, so that few sign-ins of a person touch it: each time makes replicas load the
/// person's sessions again.
pub(super) static CREATE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        for position = 1, 2 do
            if redis.call('GET', KEYS[1 + position]) ~= ARGV[position] then return 2 end
        end
        for position = 4, 5 do
            redis.call('ZADD', KEYS[position], ARGV[6], ARGV[5])
            redis.call('ZREMRANGEBYSCORE', KEYS[position], '-inf', ARGV[7])
            if redis.call('TTL', KEYS[position]) < tonumber(ARGV[4]) then
                redis.call('EXPIRE', KEYS[position], ARGV[4])
            end
        end
        for position = 2, 3 do
            if redis.call('TTL', KEYS[position]) <= tonumber(ARGV[4]) then
                redis.call('EXPIRE', KEYS[position], 2 * ARGV[4] + 1)
            end
        end
        redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
        return 1
        ",
    )
});

/// KEYS: the session, its marks, when it was seen, what is kept beside it. ARGV: what the marks must be, now, seconds
/// between two notes, seconds to live.
pub(super) static TOUCH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        for position = 1, 2 do
            if redis.call('GET', KEYS[1 + position]) ~= ARGV[position] then return 0 end
        end
        local seen = tonumber(redis.call('GET', KEYS[4]) or '0')
        if tonumber(ARGV[3]) >= seen + tonumber(ARGV[4]) then
            redis.call('SET', KEYS[4], ARGV[3], 'EX', ARGV[5])
            redis.call('PEXPIRE', KEYS[5], math.min(1000 * ARGV[5], redis.call('PTTL', KEYS[1])))
        end
        return 1
        ",
    )
});

/// KEYS: the session, its marks. ARGV: what the marks must be, the version it must have, the new value.
pub(super) static REPLACE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        for position = 1, 2 do
            if redis.call('GET', KEYS[1 + position]) ~= ARGV[position] then return 0 end
        end
        local version = redis.call('GETRANGE', KEYS[1], 0, 7)
        if version == '' then return 0 end
        if version ~= ARGV[3] then return 1 end
        local left = redis.call('PTTL', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[4])
        redis.call('PEXPIRE', KEYS[1], left)
        return 2
        ",
    )
});

/// KEYS: the session, when it was seen, what is kept beside it, the lists it belongs to. ARGV: member.
///
/// No transaction, which a server without memory refuses, whatever it would do.
pub(super) static DELETE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
        for position = 4, 5 do redis.call('ZREM', KEYS[position], ARGV[1]) end
        return 1
        ",
    )
});

/// KEYS: a lease. ARGV: who had it.
pub(super) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return 1
        ",
    )
});

/// KEYS: a mark and its list. What is listed is over from now on; what remains of it may be removed.
pub(super) static END: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        redis.call('DEL', KEYS[1])
        local listed = redis.call('ZRANGE', KEYS[2], 0, -1)
        redis.call('DEL', KEYS[2])
        return listed
        ",
    )
});

/// KEYS: the session, its marks, what is kept beside it. ARGV: what the marks must be, the slot.
///
/// Asked as a text, so that it may be asked once more over a new connection.
pub(super) const FIND_BESIDE: &str = r"
    if redis.call('EXISTS', KEYS[1]) == 0 then return false end
    for position = 1, 2 do
        if redis.call('GET', KEYS[1 + position]) ~= ARGV[position] then return false end
    end
    return redis.call('HGET', KEYS[4], ARGV[3])
";

/// KEYS: the session, its marks, what is kept beside it. ARGV: what the marks must be, the slot, the version it must have,
/// the new value, the idle time in milliseconds.
///
/// Only a touch puts off when it ends: whoever renews a token in the background does not use the session.
pub(super) static PUT_BESIDE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        for position = 1, 2 do
            if redis.call('GET', KEYS[1 + position]) ~= ARGV[position] then return 0 end
        end
        local version = string.sub(redis.call('HGET', KEYS[4], ARGV[3]) or '', 1, 8)
        if #version < 8 then version = string.rep('\0', 8) end
        if version ~= ARGV[4] then return 1 end
        local left = redis.call('PTTL', KEYS[4])
        if left < 0 then left = tonumber(ARGV[6]) end
        left = math.min(left, redis.call('PTTL', KEYS[1]))
        redis.call('HSET', KEYS[4], ARGV[3], ARGV[5])
        redis.call('PEXPIRE', KEYS[4], left)
        return 2
        ",
    )
});
