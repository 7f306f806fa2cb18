#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The part of Watson Machine Learning's scoring API that has no socket in it.
namespace emulator {

/// An answer as it goes to the client; the body is JSON.
struct scored {
    unsigned status = 200;
    std::string body;
};

/// A logistic model over any row: the same version and row give the same probability everywhere.
///
///   p = 1 / (1 + exp(-(bias + sum over features of weight(version, position) * value)))
///
/// Numbers count as themselves (squashed into (-1, 1)), texts as a hash in (-1, 1), booleans as
/// +-1. Immutable, any thread.
class risk_model {
 public:
    explicit risk_model(std::string_view version);

    /// Coefficient of the feature at a position, from 1; position 0 is the bias. In [-2, 2).
    [[nodiscard]] double weight_of(std::size_t position) const;

 private:
    std::uint64_t seed_;
};

/// Answers POST /ml/v4/deployments/{id}/predictions.
/// @param target request target with its query; `version=YYYY-MM-DD` is mandatory there
/// @param body   {"input_data": [{"fields": [...], "values": [[...], ...]}, ...]}; `fields`, `id`
///               and unknown keys are optional, and rows keep their order
/// @param trace  32 hexadecimal digits for the error envelope
[[nodiscard]] scored score(
    const risk_model& model, std::string_view target, std::string_view body, std::string_view trace
);

/// An error in the envelope of the v4 API: errors[].code and .message, trace, status_code.
[[nodiscard]] scored wml_error(
    unsigned status, std::string_view code, std::string_view message, std::string_view trace
);

/// The deployment id in a scoring path, or nothing for any other path.
[[nodiscard]] std::string_view deployment_of(std::string_view path);

}  // namespace emulator
