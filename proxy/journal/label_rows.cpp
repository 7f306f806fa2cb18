#include "proxy/journal/label_rows.hpp"

#include "proxy/journal/statement.hpp"

#include <sqlite3.h>

namespace millrace::journal {

void write_labels(sqlite3* database, const std::vector<label_row>& rows, std::string& error) {
    statement row{
        database,
        "INSERT INTO labels(received, incarnation, worker, sequence, route, version, epoch,"
        " assigned, kind, value) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    for (auto const& each : rows) {
        row.put_number(each.received)
            .put_number(each.incarnation)
            .put_number(each.worker)
            .put_number(static_cast<std::int64_t>(each.sequence))
            .put_number(each.route)
            .put_number(each.version)
            .put_number(each.epoch)
            .put_number(each.assigned)
            .put_number(each.kind)
            .put_real(each.value)
            .write();
    }
    error = row.error();
}

void read_labels(
    sqlite3* database,
    std::int64_t assigned_since,
    const std::function<void(const label_row&)>& take,
    std::string& error
) {
    statement query{
        database,
        "SELECT received, incarnation, worker, sequence, route, version, epoch, assigned, kind,"
        " value FROM labels WHERE assigned >= ?1 ORDER BY id"};
    query.put_number(assigned_since);
    while (query.next()) {
        label_row row;
        row.received = query.take_number();
        row.incarnation = static_cast<std::uint32_t>(query.take_number());
        row.worker = static_cast<std::uint16_t>(query.take_number());
        row.sequence = static_cast<std::uint64_t>(query.take_number());
        row.route = static_cast<std::uint32_t>(query.take_number());
        row.version = static_cast<std::uint32_t>(query.take_number());
        row.epoch = static_cast<std::uint32_t>(query.take_number());
        row.assigned = static_cast<std::uint32_t>(query.take_number());
        row.kind = static_cast<std::uint8_t>(query.take_number());
        row.value = query.take_real();
        take(row);
    }
    error = query.error();
}

std::size_t prune_labels(
    sqlite3* database, std::int64_t received_before, std::size_t rows_max, std::string& error
) {
    statement rows{
        database,
        "DELETE FROM labels WHERE id IN (SELECT id FROM labels ORDER BY id LIMIT ?1)"
        " AND received < ?2"};
    rows.put_number(static_cast<std::int64_t>(rows_max)).put_number(received_before).write();
    error = rows.error();
    return error.empty() ? static_cast<std::size_t>(sqlite3_changes(database)) : 0;
}

void write_label_progress(
    sqlite3* database, const std::vector<label_progress_row>& rows, std::string& error
) {
    statement row{database, "INSERT OR REPLACE INTO label_progress(rollout, data) VALUES(?1, ?2)"};
    for (auto const& each : rows) {
        row.put_number(each.rollout.value).put_blob(each.data).write();
    }
    error = row.error();
}

std::string read_label_progress(sqlite3* database, rollout_id rollout, std::string& error) {
    statement query{database, "SELECT data FROM label_progress WHERE rollout = ?1"};
    query.put_number(rollout.value);
    auto data = query.next() ? query.take_text() : std::string{};
    error = query.error();
    return data;
}

void write_incarnation(
    sqlite3* database, std::uint32_t incarnation, std::int64_t began, std::string& error
) {
    statement row{
        database, "INSERT OR REPLACE INTO incarnations(incarnation, began) VALUES(?1, ?2)"};
    row.put_number(incarnation).put_number(began).write();
    error = row.error();
}

std::vector<std::uint32_t> read_incarnations(
    sqlite3* database, std::int64_t since, std::string& error
) {
    // The one that was running at that time began before it.
    statement query{
        database,
        "SELECT incarnation FROM incarnations WHERE began >= (SELECT coalesce(max(began), 0) FROM"
        " incarnations WHERE began < ?1)"};
    query.put_number(since);
    std::vector<std::uint32_t> found;
    while (query.next()) {
        found.push_back(static_cast<std::uint32_t>(query.take_number()));
    }
    error = query.error();
    return found;
}

}  // namespace millrace::journal
