#pragma once

#include "proxy/server/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace millrace::feedback {

/// What answers predicted, until the truth about them is told. Bounded in number and age: the
/// oldest goes first. Lifetime: a value. Thread: one at a time.
class prediction_store {
 public:
    struct prediction {
        std::string text;  ///< of a field as it is, of a body as JSON
        bool is_json = false;
    };

    /// @param predictions_max  > 0
    explicit prediction_store(std::size_t predictions_max);

    /// @return  how many others had to go for it
    std::size_t remember(const server::exchange_id& of, prediction said);

    /// Null when it is not remembered.
    [[nodiscard]] const prediction* find(const server::exchange_id& of) const;

    /// Forgets those of answers before `assigned`, Unix seconds.
    void forget_before(std::uint32_t assigned);

    [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

 private:
    struct entry {
        std::uint64_t key = 0;
        std::uint32_t assigned = 0;
    };

    void forget_oldest();

    std::size_t const predictions_max_;
    std::unordered_map<std::uint64_t, prediction> predictions_;  // by worker and sequence
    std::deque<entry> order_;
};

}  // namespace millrace::feedback
