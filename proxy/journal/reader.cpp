#include "proxy/journal/reader.hpp"

#include "proxy/journal/input_rows.hpp"
#include "proxy/journal/rows.hpp"
#include "proxy/journal/schema.hpp"
#include "proxy/journal/unit_rows.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace millrace::journal {

namespace {

// Inputs are read so many at a time: a statement that stays open keeps the log from being reused.
constexpr std::size_t inputs_at_once = 256;

connection open_checked(const std::string& path, file_access access, std::string& error) {
    auto opened = open_connection(path, access, error);
    if (opened) {
        error = check_current(opened.get());
    }
    return error.empty() ? std::move(opened) : nullptr;
}

/// Whether a gateway left something beside the file that is not in it yet.
bool has_log(const std::string& path) {
    std::error_code absent;
    auto const size = std::filesystem::file_size(path + "-wal", absent);
    return !absent && size > 0;
}

}  // namespace

reader::reader(connection opened) : connection_{std::move(opened)} {}

std::unique_ptr<reader> reader::open(const std::string& directory, std::string& error) {
    auto const path = directory + "/millrace.db";
    std::error_code failed;
    if (!std::filesystem::exists(path, failed)) {
        error = fmt::format("there is no journal '{}'", path);
        return nullptr;
    }
    auto opened = open_checked(path, file_access::read_only, error);
    // Readers share an index of the log beside the file. Where it cannot be made, nobody writes
    // either.
    if (!opened && !has_log(path)) {
        std::string immutable_error;
        opened = open_checked(path, file_access::immutable, immutable_error);
    }
    if (!opened) {
        error = fmt::format("cannot read '{}': {}", path, error);
        return nullptr;
    }
    error.clear();
    return std::unique_ptr<reader>{new reader{std::move(opened)}};
}

std::string reader::check() const {
    return check_integrity(connection_.get());
}

route_states reader::route_states(std::string& error) const {
    return read_route_states(connection_.get(), error);
}

std::vector<rollout_row> reader::rollouts(
    std::string_view route, std::size_t rows_max, std::string& error
) const {
    return read_rollouts(connection_.get(), route, rows_max, error);
}

std::vector<rollout_row> reader::open_rollouts(std::string& error) const {
    return read_open_rollouts(connection_.get(), error);
}

std::optional<rollout_row> reader::rollout(rollout_id id, std::string& error) const {
    return read_rollout(connection_.get(), id, error);
}

std::vector<decision_row> reader::decisions(
    rollout_id rollout, std::int64_t after, std::size_t rows_max, std::string& error
) const {
    return read_decisions(connection_.get(), rollout, after, rows_max, error);
}

std::vector<checkpoint_row> reader::checkpoints(
    rollout_id rollout, std::uint64_t first, std::size_t rows_max, std::string& error
) const {
    return read_checkpoints(connection_.get(), rollout, first, rows_max, error);
}

std::string reader::inputs(rollout_id rollout, const std::function<bool(const input_row&)>& take)
    const {
    std::string error;
    std::uint64_t first = 0;
    for (;;) {
        auto const rows = read_inputs(connection_.get(), rollout, first, inputs_at_once, error);
        for (auto const& row : rows) {
            if (!take(row)) {
                return {};
            }
        }
        if (!error.empty() || rows.size() < inputs_at_once) {
            return error;
        }
        first = rows.back().sequence + 1;
    }
}

std::vector<std::string> reader::units(rollout_id rollout, std::string& error) const {
    return read_units(connection_.get(), rollout, error);
}

}  // namespace millrace::journal
