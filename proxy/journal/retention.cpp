#include "proxy/journal/retention.hpp"

#include "proxy/journal/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <sqlite3.h>
#include <string_view>
#include <vector>

namespace millrace::journal {

namespace {

/// Ended rollouts beyond the newest ?1 of their route.
constexpr std::string_view old_rollouts =
    "(SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY route ORDER BY id DESC) AS age"
    " FROM rollouts WHERE ended) WHERE age > ?1)";

/// Runs a statement of up to three numbers; how many rows it changed.
std::size_t change(
    sqlite3* database,
    std::string_view sql,
    const std::vector<std::int64_t>& numbers,
    std::string& error
) {
    statement changing{database, sql};
    for (auto const number : numbers) {
        changing.put_number(number);
    }
    bool const done = changing.write();
    error = changing.error();
    return done ? static_cast<std::size_t>(sqlite3_changes(database)) : 0;
}

std::size_t prune_old_rollouts(
    sqlite3* database, const params& kept, std::size_t rows_max, std::string& error
) {
    auto const rows = static_cast<std::int64_t>(rows_max);
    for (auto const* const table : {"inputs", "checkpoints"}) {
        auto const sql = fmt::format(
            "DELETE FROM {0} WHERE rowid IN"
            " (SELECT rowid FROM {0} WHERE rollout IN {1} LIMIT ?2)",
            table,
            old_rollouts
        );
        auto const gone = change(database, sql, {kept.replayable_rollouts_max, rows}, error);
        if (gone != 0 || !error.empty()) {
            return gone;
        }
    }
    auto const sql = fmt::format(
        "UPDATE rollouts SET memory = x'', checksum = 0 WHERE id IN"
        " (SELECT id FROM rollouts WHERE memory != x'' AND id IN {} LIMIT ?2)",
        old_rollouts
    );
    return change(database, sql, {kept.replayable_rollouts_max, rows}, error);
}

/// The first column of every row.
std::vector<std::int64_t> numbers_of(
    sqlite3* database,
    std::string_view sql,
    const std::vector<std::int64_t>& given,
    std::string& error
) {
    statement query{database, sql};
    for (auto const number : given) {
        query.put_number(number);
    }
    std::vector<std::int64_t> found;
    while (query.next()) {
        found.push_back(query.take_number());
    }
    error = query.error();
    return found;
}

/// The first checkpoint from which on the inputs are no more than so many bytes; the last one when
/// even its are more.
std::int64_t place_by_size(
    sqlite3* database,
    std::int64_t rollout,
    const std::vector<std::int64_t>& checkpoints,
    std::uint64_t bytes_max,
    std::string& error
) {
    std::uint64_t bytes = 0;
    std::int64_t end = INT64_MAX;
    for (auto at = checkpoints.size(); at-- > 0 && error.empty();) {
        // length() of a blob does not read it.
        auto const part = numbers_of(
            database,
            "SELECT coalesce(sum(length(data)), 0) FROM inputs"
            " WHERE rollout = ?1 AND sequence >= ?2 AND sequence < ?3",
            {rollout, checkpoints[at], end},
            error
        );
        bytes += part.empty() ? 0 : static_cast<std::uint64_t>(part.front());
        if (bytes > bytes_max) {
            return checkpoints[std::min(at + 1, checkpoints.size() - 1)];
        }
        end = checkpoints[at];
    }
    return checkpoints.front();
}

/// The checkpoint that a rollout's record may begin with.
std::int64_t first_place_kept(
    sqlite3* database, std::int64_t rollout, const params& kept, std::string& error
) {
    auto const checkpoints = numbers_of(
        database,
        "SELECT sequence FROM checkpoints WHERE rollout = ?1 ORDER BY sequence",
        {rollout},
        error
    );
    if (checkpoints.size() < 2 || !error.empty()) {
        return 0;
    }
    auto const by_time = numbers_of(
        database,
        "SELECT coalesce(max(sequence), 0) FROM checkpoints WHERE rollout = ?1 AND time_ms <="
        " (SELECT max(time_ms) FROM checkpoints WHERE rollout = ?1) - ?2",
        {rollout, kept.retention.count()},
        error
    );
    if (by_time.empty()) {
        return 0;
    }
    return std::max(
        by_time.front(),
        place_by_size(database, rollout, checkpoints, kept.rollout_bytes_max, error)
    );
}

/// Checkpoints first: what stands before the first one can then be dropped bit by bit.
std::size_t prune_rollout(
    sqlite3* database,
    std::int64_t rollout,
    const params& kept,
    std::size_t rows_max,
    std::string& error
) {
    auto const place = first_place_kept(database, rollout, kept, error);
    if (error.empty() && place > 0) {
        auto const gone = change(
            database,
            "DELETE FROM checkpoints WHERE rollout = ?1 AND sequence < ?2",
            {rollout, place},
            error
        );
        if (gone != 0 || !error.empty()) {
            return gone;
        }
    }
    return change(
        database,
        "DELETE FROM inputs WHERE rowid IN (SELECT rowid FROM inputs WHERE rollout = ?1 AND"
        " sequence < (SELECT min(sequence) FROM checkpoints WHERE rollout = ?1) LIMIT ?2)",
        {rollout, static_cast<std::int64_t>(rows_max)},
        error
    );
}

}  // namespace

std::size_t prune_rows(
    sqlite3* database, const params& kept, std::size_t rows_max, std::string& error
) {
    auto gone = prune_old_rollouts(database, kept, rows_max, error);
    if (gone != 0 || !error.empty()) {
        return gone;
    }
    for (auto const rollout :
         numbers_of(database, "SELECT DISTINCT rollout FROM checkpoints", {}, error)) {
        gone = error.empty() ? prune_rollout(database, rollout, kept, rows_max, error) : 0;
        if (gone != 0 || !error.empty()) {
            return gone;
        }
    }
    return 0;
}

}  // namespace millrace::journal
