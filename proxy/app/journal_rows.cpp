#include "proxy/app/journal_rows.hpp"

#include "proxy/admin/rollout_rendering.hpp"
#include "proxy/app/rollout_views.hpp"
#include "proxy/app/version.hpp"
#include "proxy/base/log.hpp"
#include "proxy/config/dump.hpp"
#include "proxy/rollout/archive.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app {

namespace {

constexpr std::size_t length_bytes = 4;

std::string shares_text(const rollout::state& of, const rollout::params& params) {
    std::string text;
    for (std::size_t i = 0; i < of.candidates.size(); ++i) {
        text += fmt::format(
            "{}{}={:g}", text.empty() ? "" : " ", params.candidates[i], of.candidates[i].share
        );
    }
    return text;
}

std::string state_text(const rollout::state& of) {
    return fmt::format(
        "{}, {}, step {}", rollout::name_of(of.phase), rollout::name_of(of.verdict), of.step
    );
}

void append_length(std::string& block, std::size_t length) {
    for (std::size_t i = 0; i < length_bytes; ++i) {
        block += static_cast<char>(length >> (8 * i) & 0xffU);
    }
}

/// The next input's bytes, taken from the block; nothing when they are not whole.
std::optional<std::string_view> take_bytes(std::string_view& block) {
    if (block.size() < length_bytes) {
        return std::nullopt;
    }
    std::size_t length = 0;
    for (std::size_t i = length_bytes; i-- > 0;) {
        length = length << 8U | static_cast<unsigned char>(block[i]);
    }
    block.remove_prefix(length_bytes);
    if (block.size() < length) {
        return std::nullopt;
    }
    auto const bytes = block.substr(0, length);
    block.remove_prefix(length);
    return bytes;
}

}  // namespace

journal::rollout_row rollout_row_of(
    const control::rollout_commit& what, std::string route_state, std::uint64_t next_input
) {
    auto const& state = what.memory.state;
    return {
        .id = what.rollout,
        .route = what.route,
        .params = config::dump_json(what.params),
        .params_hash = what.config_hash,
        .code_version = revision_text,
        .time = what.at,
        .wall_clock = log::wall_clock_text(),
        .state = state_text(state),
        .memory = rollout::to_bytes(what.memory),
        .route_state = std::move(route_state),
        .ended = state.ended() || what.closed,
        .total_timeout = what.total_timeout,
        .attempt = what.params.attempt,
        .artifacts = what.artifacts,
        .phase = std::string{rollout::name_of(state.phase)},
        .next_input = next_input,
        .proposed = what.proposal};
}

journal::decision_row decision_row_of(
    const control::decision_record& made,
    const rollout::params& params,
    std::string config_hash,
    std::int64_t input
) {
    return {
        .id = 0,
        .rollout = made.rollout,
        .route = made.route,
        .wall_clock = made.time,
        .time = made.at,
        .reason = std::string{rollout::name_of(made.decision.why)},
        .summary = made.decision.detail,
        .evidence = admin::rendering::decision(decision_of(made), params),
        .shares_before = shares_text(made.before, params),
        .shares_after = shares_text(made.after, params),
        .config_hash = std::move(config_hash),
        .code_version = revision_text,
        .input = input};
}

journal::decision_row closing_row_of(const journal::rollout_row& of, std::string why) {
    return {
        .id = 0,
        .rollout = of.id,
        .route = of.route,
        .wall_clock = log::wall_clock_text(),
        .time = of.time,
        .reason = "closed",
        .summary = std::move(why),
        .evidence = "{}",
        .shares_before = {},
        .shares_after = {},
        .config_hash = of.params_hash,
        .code_version = revision_text,
        .input = -1};
}

std::string to_block(const std::vector<rollout::input>& inputs) {
    std::string block;
    for (auto const& each : inputs) {
        auto const bytes = rollout::to_bytes(each);
        append_length(block, bytes.size());
        block += bytes;
    }
    return block;
}

std::optional<std::vector<rollout::input>> inputs_of(std::string_view block, std::uint32_t count) {
    std::vector<rollout::input> inputs;
    while (!block.empty()) {
        auto const bytes = take_bytes(block);
        auto input = bytes ? rollout::input_from_bytes(*bytes) : std::nullopt;
        if (!input) {
            return std::nullopt;
        }
        inputs.push_back(std::move(*input));
    }
    return inputs.size() == count ? std::optional{std::move(inputs)} : std::nullopt;
}

}  // namespace millrace::app
