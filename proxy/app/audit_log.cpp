#include "proxy/app/audit_log.hpp"

#include "proxy/base/log.hpp"

#include <algorithm>
#include <utility>

namespace millrace::app {

namespace {

journal::audit_row row_of(const admin::audit_entry& entry) {
    return {
        .id = entry.id,
        .wall_clock = entry.time,
        .who = entry.who,
        .role = entry.role,
        .said = entry.said,
        .why = entry.why,
        .action = entry.action,
        .from = entry.from,
        .status = entry.status,
        .outcome = entry.outcome};
}

admin::audit_entry entry_of(const journal::audit_row& row) {
    return {
        .id = row.id,
        .time = row.wall_clock,
        .who = row.who,
        .role = row.role,
        .said = row.said,
        .why = row.why,
        .action = row.action,
        .from = row.from,
        .status = static_cast<unsigned>(row.status),
        .outcome = row.outcome};
}

}  // namespace

audit_log::audit_log(journal_feed* feed, const std::vector<journal::audit_row>& kept)
    : feed_{feed} {
    for (auto const& row : kept) {
        entries_.push_back(entry_of(row));
        last_id_ = std::max(last_id_, row.id);
    }
}

void audit_log::add(admin::audit_entry entry) {
    entry.id = ++last_id_;
    log::info(
        "audit: {} by '{}' ({}) from {}: {}{}{}",
        entry.action,
        entry.who,
        entry.said,
        entry.from,
        entry.outcome,
        entry.why.empty() ? "" : ", because: ",
        entry.why
    );
    if (feed_ != nullptr) {
        feed_->record(row_of(entry));
    }
    entries_.push_back(std::move(entry));
    if (entries_.size() > shown_max) {
        entries_.pop_front();
    }
}

std::vector<admin::audit_entry> audit_log::newest() const {
    return {entries_.begin(), entries_.end()};
}

}  // namespace millrace::app
