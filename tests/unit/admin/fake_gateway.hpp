#pragma once

#include "proxy/admin/gateway.hpp"

#include "some_rollout.hpp"

#include <utility>

/// A gateway of two routes that does what the test says. The first has a rollout, which is paused.
struct fake_gateway final : millrace::admin::gateway {
    millrace::admin::condition healthy;
    millrace::admin::condition is_ready;
    std::vector<std::string> reload_errors;
    std::string metrics = "millrace_weight 1\n";
    bool hold = false;  ///< keep the callbacks instead of calling them
    std::vector<set_weights_done> held_weights;
    std::vector<reload_done> held_reloads;
    std::vector<millrace::admin::weight_change> changes;
    std::vector<command_done> held_commands;
    std::vector<millrace::admin::rollout_command> commands;
    millrace::admin::rollout_status rollout_of_risk = some_rollout();
    std::vector<millrace::admin::request> labelled;
    std::vector<feedback_done> held_feedback;
    int reloads = 0;
    std::vector<millrace::admin::route_status> table{
        {"risk",
         3,
         "file",
         {{.backend = "a", .weight = 20, .share = 0.2},
          {.backend = "b", .weight = 80, .share = 0.8}},
         {{"a", 0, 13'107}, {"b", 13'107, 65'536}}},
        {"a/b c", 1, "api", {{.backend = "a", .weight = 1, .share = 1}}, {}}};

    millrace::admin::condition health() override { return healthy; }

    millrace::admin::condition ready() override { return is_ready; }

    std::vector<millrace::admin::route_status> routes() override { return table; }

    std::optional<millrace::admin::route_status> route(std::string_view name) override {
        for (const auto& one : table) {
            if (one.name == name) {
                return one;
            }
        }
        return std::nullopt;
    }

    std::vector<millrace::admin::rollout_status> rollouts() override { return {rollout_of_risk}; }

    std::optional<millrace::admin::rollout_status> rollout(std::string_view name) override {
        return name == "risk" ? std::optional{rollout_of_risk} : std::nullopt;
    }

    void command_rollout(
        std::string_view name, millrace::admin::rollout_command command, command_done done
    ) override {
        using kind = millrace::admin::change_refusal;
        commands.push_back(std::move(command));
        if (name == "busy") {
            done({millrace::admin::change_error{kind::conflict, "the rollout has ended"}});
        } else if (name != "risk") {
            done({millrace::admin::change_error{kind::not_found, "there is no rollout"}});
        } else if (hold) {
            held_commands.push_back(std::move(done));
        } else {
            done({});
        }
    }

    std::vector<millrace::admin::backend_status> backends() override {
        return {{"a", {{"127.0.0.1:9001", {"127.0.0.1:9001"}}}, 4, 1'024}};
    }

    void set_weights(
        std::string_view name,
        std::vector<millrace::admin::weight_change> wanted,
        set_weights_done done
    ) override {
        changes = std::move(wanted);
        if (hold) {
            held_weights.push_back(std::move(done));
        } else {
            done({apply(name)});
        }
    }

    void take_feedback(millrace::admin::request asked, feedback_done done) override {
        labelled.push_back(std::move(asked));
        millrace::admin::answer given;
        given.body = "{\"counts\":{},\"results\":[]}\n";
        if (hold) {
            held_feedback.push_back(std::move(done));
        } else {
            done(std::move(given));
        }
    }

    void reload(reload_done done) override {
        ++reloads;
        if (hold) {
            held_reloads.push_back(std::move(done));
        } else {
            done({reload_errors});
        }
    }

    std::vector<millrace::admin::audit_entry> audit;
    std::vector<std::int64_t> resent;

    void record_audit(millrace::admin::audit_entry entry) override {
        audit.push_back(std::move(entry));
    }

    std::vector<millrace::admin::audit_entry> audit_record() override { return audit; }

    std::vector<millrace::admin::webhook_view> webhooks() override {
        return {{.name = "ci", .authority = "ci.example", .queued = 2}};
    }

    std::vector<millrace::admin::dead_letter_view> dead_letters() override {
        return {{.id = 7, .webhook = "ci", .event_id = "evt_1", .event = "{}", .reason = "gone"}};
    }

    /// Letters 1 to 9 are there; that of 9 has no webhook any more.
    std::optional<millrace::admin::change_error> resend(std::int64_t dead_letter) override {
        using kind = millrace::admin::change_refusal;
        if (dead_letter < 1 || dead_letter > 9) {
            return millrace::admin::change_error{kind::not_found, "there is no such letter"};
        }
        if (dead_letter == 9) {
            return millrace::admin::change_error{kind::conflict, "no webhook"};
        }
        resent.push_back(dead_letter);
        return std::nullopt;
    }

    std::string config_dump() override { return "workers: 2\n"; }

    std::string metrics_text() override { return metrics; }

    millrace::admin::build_description build_info() override {
        return {"0.1.0", "abc", "release", "g++ 12"};
    }

    std::optional<millrace::admin::change_error> apply(std::string_view name) {
        using kind = millrace::admin::change_refusal;
        if (name == "busy") {
            return millrace::admin::change_error{kind::conflict, "a rollout owns the weights"};
        }
        if (!route(name)) {
            return millrace::admin::change_error{kind::not_found, "there is no such route"};
        }
        auto& refs = table.front().backend_refs;
        auto next = refs;
        for (const auto& change : changes) {
            bool known = false;
            for (auto& ref : next) {
                known = known || ref.backend == change.backend;
                ref.weight = ref.backend == change.backend ? change.weight : ref.weight;
            }
            if (!known) {
                return millrace::admin::change_error{kind::invalid, "no backend " + change.backend};
            }
        }
        refs = next;
        ++table.front().epoch;
        return std::nullopt;
    }
};
