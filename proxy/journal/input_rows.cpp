#include "proxy/journal/input_rows.hpp"

#include "proxy/journal/checksum.hpp"
#include "proxy/journal/statement.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::journal {

namespace {

std::int64_t checksum_of(const input_row& row) {
    return record_checksum{}
        .number(row.rollout.value)
        .number(static_cast<std::int64_t>(row.sequence))
        .number(row.inputs)
        .text(row.data)
        .value();
}

std::int64_t checksum_of(const checkpoint_row& row) {
    return record_checksum{}
        .number(row.rollout.value)
        .number(static_cast<std::int64_t>(row.sequence))
        .text(row.kind)
        .number(row.time.count())
        .text(row.wall_clock)
        .number(row.missing.count())
        .text(row.build)
        .text(row.processor)
        .text(row.memory)
        .value();
}

checkpoint_row take_checkpoint(statement& query, rollout_id rollout) {
    checkpoint_row row;
    row.rollout = rollout;
    row.sequence = static_cast<std::uint64_t>(query.take_number());
    row.kind = query.take_text();
    row.time = std::chrono::milliseconds{query.take_number()};
    row.wall_clock = query.take_text();
    row.missing = std::chrono::milliseconds{query.take_number()};
    row.build = query.take_text();
    row.processor = query.take_text();
    row.memory = query.take_text();
    return row;
}

/// Takes rows until there are no more, or one is not what was written.
template <class Row, class Take>
std::vector<Row> take_all(statement& query, Take take, const char* what, std::string& error) {
    std::vector<Row> rows;
    while (query.next()) {
        Row row = take(query);
        if (query.take_number() != checksum_of(row)) {
            error = fmt::format(
                "rollout {}: the record of {} {} is damaged", row.rollout.value, what, row.sequence
            );
            return rows;
        }
        rows.push_back(std::move(row));
    }
    error = query.error();
    return rows;
}

void put_page(statement& query, rollout_id rollout, std::uint64_t first, std::size_t rows_max) {
    query.put_number(rollout.value)
        .put_number(static_cast<std::int64_t>(first))
        .put_number(static_cast<std::int64_t>(rows_max));
}

}  // namespace

void write_inputs(sqlite3* database, const std::vector<input_row>& inputs, std::string& error) {
    statement row{
        database,
        "INSERT OR REPLACE INTO inputs(rollout, sequence, inputs, data, checksum)"
        " VALUES(?1, ?2, ?3, ?4, ?5)"};
    for (auto const& each : inputs) {
        row.put_number(each.rollout.value)
            .put_number(static_cast<std::int64_t>(each.sequence))
            .put_number(each.inputs)
            .put_blob(each.data)
            .put_number(checksum_of(each))
            .write();
    }
    error = row.error();
}

void write_checkpoints(
    sqlite3* database, const std::vector<checkpoint_row>& checkpoints, std::string& error
) {
    statement row{
        database,
        "INSERT OR REPLACE INTO checkpoints(rollout, sequence, kind, time_ms, wall_clock,"
        " missing_ms, build, processor, memory, checksum)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    for (auto const& each : checkpoints) {
        row.put_number(each.rollout.value)
            .put_number(static_cast<std::int64_t>(each.sequence))
            .put_text(each.kind)
            .put_number(each.time.count())
            .put_text(each.wall_clock)
            .put_number(each.missing.count())
            .put_text(each.build)
            .put_text(each.processor)
            .put_blob(each.memory)
            .put_number(checksum_of(each))
            .write();
    }
    error = row.error();
}

std::vector<input_row> read_inputs(
    sqlite3* database,
    rollout_id rollout,
    std::uint64_t first,
    std::size_t rows_max,
    std::string& error
) {
    statement query{
        database,
        "SELECT sequence, inputs, data, checksum FROM inputs WHERE rollout = ?1 AND sequence >= ?2"
        " ORDER BY sequence LIMIT ?3"};
    put_page(query, rollout, first, rows_max);
    auto const take = [rollout](statement& from) {
        input_row row;
        row.rollout = rollout;
        row.sequence = static_cast<std::uint64_t>(from.take_number());
        row.inputs = static_cast<std::uint32_t>(from.take_number());
        row.data = from.take_text();
        return row;
    };
    return take_all<input_row>(query, take, "input", error);
}

std::vector<checkpoint_row> read_checkpoints(
    sqlite3* database,
    rollout_id rollout,
    std::uint64_t first,
    std::size_t rows_max,
    std::string& error
) {
    statement query{
        database,
        "SELECT sequence, kind, time_ms, wall_clock, missing_ms, build, processor, memory, checksum"
        " FROM checkpoints WHERE rollout = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT ?3"};
    put_page(query, rollout, first, rows_max);
    auto const take = [rollout](statement& from) { return take_checkpoint(from, rollout); };
    return take_all<checkpoint_row>(query, take, "checkpoint", error);
}

std::uint64_t read_next_sequence(sqlite3* database, rollout_id rollout, std::string& error) {
    // When the last inputs were lost or have left, a checkpoint stands behind them.
    statement query{
        database,
        "SELECT max((SELECT coalesce(max(sequence + inputs), 0) FROM inputs WHERE rollout = ?1),"
        " (SELECT coalesce(max(sequence), 0) FROM checkpoints WHERE rollout = ?1))"};
    query.put_number(rollout.value);
    std::int64_t const next = query.next() ? query.take_number() : 0;
    error = query.error();
    return static_cast<std::uint64_t>(next);
}

}  // namespace millrace::journal
