#pragma once

#include "proxy/admin/audit.hpp"
#include "proxy/admin/message.hpp"
#include "proxy/admin/rollout_status.hpp"
#include "proxy/admin/webhook_rendering.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::admin {

/// An answer to "are you well".
struct condition {
    bool good = true;
    std::string detail;  ///< for people: why not; when good: what does not go on though, or empty
};

/// One version of a route: its weight, and what it did since the process began.
struct backend_ref_status {
    std::string backend;
    std::uint32_t weight = 0;
    double share = 0;  ///< the actual mass of its part of the partition, 0 to 1
    std::uint64_t requests = 0;
    std::uint64_t in_flight = 0;
    double error_rate = 0;  ///< 5xx and broken answers / requests
    std::optional<std::chrono::nanoseconds> latency_p50{};
    std::optional<std::chrono::nanoseconds> latency_p99{};
};

/// A piece of a route's partition of [0, 1): [begin, end) in units of 2^-16.
struct partition_piece {
    std::string backend;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

struct route_status {
    std::string name;
    std::uint64_t epoch = 0;   ///< of its weights; rises with every change
    std::string weights_from;  ///< "file" or "api"
    std::vector<backend_ref_status> backend_refs;
    std::vector<partition_piece> partition;  ///< left empty in a list of routes
};

struct endpoint_status {
    std::string authority;               ///< as the file says, host and port
    std::vector<std::string> addresses;  ///< that its name has now
};

struct backend_status {
    std::string name;
    std::vector<endpoint_status> endpoints;
    std::uint64_t connections = 0;      ///< open, of the whole process
    std::uint64_t connections_max = 0;  ///< that may be open
};

struct build_description {
    std::string version;
    std::string revision;
    std::string build_type;
    std::string compiler;
};

struct weight_change {
    std::string backend;
    std::uint32_t weight = 0;  ///< 0 to 1,000,000
};

enum class change_refusal : std::uint8_t {
    not_found,  ///< no such route, or no rollout on it
    invalid,    ///< no such backend on the route, or weights that cannot be
    conflict,   ///< something else owns the weights now, or the rollout has ended
};

/// Why a change was not made; nothing of it was then.
struct change_error {
    change_refusal kind = change_refusal::invalid;
    std::string message;
};

struct set_weights_answer {
    std::optional<change_error> error;
};

struct command_answer {
    std::optional<change_error> error;
};

struct reload_answer {
    std::vector<std::string> errors;  ///< one text each; empty: the new configuration is in force
};

/// What the admin API asks the running gateway for; implemented by app, replaced by a fake in
/// tests. Lifetime: outlives the server. Thread: every call comes on the control thread and must
/// be quick; what takes longer answers through its callback, later and on the same thread.
class gateway {
 public:
    gateway() = default;
    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;
    virtual ~gateway() = default;

    /// Is the process worth keeping?
    [[nodiscard]] virtual condition health() = 0;
    /// May it get traffic: a table in force in every worker, not draining?
    [[nodiscard]] virtual condition ready() = 0;

    /// Every route in the order of the file, without partitions.
    [[nodiscard]] virtual std::vector<route_status> routes() = 0;
    /// One route with its partition; nothing when there is none of that name.
    [[nodiscard]] virtual std::optional<route_status> route(std::string_view name) = 0;
    [[nodiscard]] virtual std::vector<backend_status> backends() = 0;

    using set_weights_done = std::function<void(set_weights_answer)>;
    /// Changes the weights of the named backends, the others keep theirs: all or nothing. Calls
    /// `done` once, when the new table is in force in every worker or when the change is refused;
    /// it may do so before it returns.
    virtual void set_weights(
        std::string_view route, std::vector<weight_change> changes, set_weights_done done
    ) = 0;

    /// Every rollout of the file, those that ended too.
    [[nodiscard]] virtual std::vector<rollout_status> rollouts() = 0;
    /// Nothing when there is no such route, or no rollout on it.
    [[nodiscard]] virtual std::optional<rollout_status> rollout(std::string_view route) = 0;

    using command_done = std::function<void(command_answer)>;
    /// Has a rollout obey a command; `done`, once it is taken or refused, as with set_weights.
    virtual void command_rollout(
        std::string_view route, rollout_command command, command_done done
    ) = 0;

    using feedback_done = std::function<void(answer)>;
    /// Judges a call of POST /feedback, its credential too; `done` as with set_weights.
    virtual void take_feedback(request asked, feedback_done done) = 0;

    using reload_done = std::function<void(reload_answer)>;
    /// Reads the configuration again; `done` as with set_weights.
    virtual void reload(reload_done done) = 0;

    /// Keeps the record of a request for a change, refused ones too.
    virtual void record_audit(audit_entry entry) = 0;
    /// The newest, in order of time.
    [[nodiscard]] virtual std::vector<audit_entry> audit_record() = 0;

    [[nodiscard]] virtual std::vector<webhook_view> webhooks() = 0;
    /// The newest, in order of time.
    [[nodiscard]] virtual std::vector<dead_letter_view> dead_letters() = 0;
    /// Has an event sent again that a webhook did not take; an error, or nothing.
    [[nodiscard]] virtual std::optional<change_error> resend(std::int64_t dead_letter) = 0;

    /// The effective configuration as YAML, secrets masked.
    [[nodiscard]] virtual std::string config_dump() = 0;
    /// Prometheus' text format.
    [[nodiscard]] virtual std::string metrics_text() = 0;
    [[nodiscard]] virtual build_description build_info() = 0;
};

}  // namespace millrace::admin
