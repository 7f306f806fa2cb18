#pragma once

#include "proxy/admin/audit.hpp"
#include "proxy/app/journal_feed.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace millrace::app {

/// Who asked for which change: the newest thousand at hand, all of them (up to what the journal
/// keeps) on disk. Lifetime: the gateway's. Thread: control.
class audit_log {
 public:
    static constexpr std::size_t shown_max = 1'000;

    /// @param feed  null: in memory only
    audit_log(journal_feed* feed, const std::vector<journal::audit_row>& kept);

    void add(admin::audit_entry entry);

    [[nodiscard]] std::vector<admin::audit_entry> newest() const;

 private:
    journal_feed* feed_;
    std::deque<admin::audit_entry> entries_;
    std::int64_t last_id_ = 0;
};

}  // namespace millrace::app
