#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What the journal holds of people and webhooks: plain data, as records.hpp.
namespace millrace::journal {

/// Somebody asked for a change, and what came of it.
struct audit_row {
    std::int64_t id = 0;      ///< the caller's count, rising
    std::string wall_clock;   ///< RFC 3339
    std::string who;          ///< the name of the token; empty: none was right
    std::string role;         ///< of the token
    std::string said;         ///< who they said they are
    std::string why;          ///< as they said
    std::string action;       ///< "PUT /api/v1/routes/risk/weights"
    std::string from;         ///< the peer's address
    std::int64_t status = 0;  ///< of the answer
    std::string outcome;      ///< "done", or the reason of the refusal

    friend bool operator==(const audit_row&, const audit_row&) = default;
};

/// Names what one webhook is to get.
struct delivery_key {
    std::string webhook;
    std::string event_id;

    friend bool operator==(const delivery_key&, const delivery_key&) = default;
};

/// An event that a webhook has not taken yet.
struct outbox_row {
    delivery_key key;
    std::string event;  ///< text

    friend bool operator==(const outbox_row&, const outbox_row&) = default;
};

/// An event that a webhook did not take, and that nobody tries to deliver any more.
struct dead_letter_row {
    std::int64_t id = 0;  ///< the caller's count, rising
    std::string wall_clock;
    delivery_key key;
    std::string event;
    std::int64_t attempts = 0;
    std::string reason;

    friend bool operator==(const dead_letter_row&, const dead_letter_row&) = default;
};

/// What changed in outbox and dead letters; written in this order.
struct delivery_changes {
    std::vector<outbox_row> queued;
    std::vector<delivery_key> settled;  ///< leave the outbox: delivered or dead
    std::vector<dead_letter_row> dead;
    std::vector<std::int64_t> resent;  ///< dead letters that leave

    [[nodiscard]] bool empty() const noexcept {
        return queued.empty() && settled.empty() && dead.empty() && resent.empty();
    }

    friend bool operator==(const delivery_changes&, const delivery_changes&) = default;
};

}  // namespace millrace::journal
