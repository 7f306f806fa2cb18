#pragma once

namespace millrace::stats {

/// Mixture supermartingales of Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021,
/// arXiv:1810.08240: exp(log_value(s, v)) is a supermartingale with start at most 1 while S is a
/// centred sum with the variance process V, so log_value exceeds ln(1/alpha) at any time with
/// probability at most alpha; bound(v, alpha) is the s where that happens.
///
/// Lifetime: a value. Thread: any. Cost: log_value O(1); bound of all but the two-sided normal by
/// halving, about 100 calls of it.

enum class sides { one, two };

/// Where a mixture is to be tightest.
struct mixture_tuning {
    double v_opt = 1.0;       ///< intrinsic time, > 0, unit: that of S squared
    double alpha_opt = 0.05;  ///< error probability; in (0, 1) two-sided, (0, 1/2) one-sided
};

/// The variance of the normal prior's inverse that makes the bound tightest at v:
///
///   rho = v / (2 ln(1/a) + ln(1 + 2 ln(1/a))), a = alpha (two-sided) or 2 alpha (one-sided)
///
/// All mixtures below are tuned by it.
[[nodiscard]] double best_rho(const mixture_tuning& tuning, sides tails);

/// For sub-Gaussian sums, one- or two-sided. Any s, v >= 0.
class normal_mixture {
 public:
    normal_mixture(const mixture_tuning& tuning, sides tails);
    [[nodiscard]] double log_value(double s, double v) const;
    [[nodiscard]] double bound(double v, double alpha) const;

 private:
    double rho_;
    sides tails_;
};

/// What the one-sided mixtures over a gamma prior have in common.
class gamma_mixture {
 public:
    /// Whether log_value() is defined there: c s + v + rho > 0, v >= 0.
    [[nodiscard]] bool contains(double s, double v) const noexcept;

 protected:
    /// @param c  scale of the sums, > 0
    gamma_mixture(const mixture_tuning& tuning, double c);

    /// The shape that the prior begins with: rho / c^2.
    [[nodiscard]] double prior_shape() const noexcept { return rho_ / (c_ * c_); }

    double rho_;
    double c_;
};

/// For sub-exponential sums with scale c > 0 (a sum that is bounded below by -c a step, for
/// instance). One-sided.
class gamma_exponential_mixture : public gamma_mixture {
 public:
    gamma_exponential_mixture(const mixture_tuning& tuning, double c);
    [[nodiscard]] double log_value(double s, double v) const;
    [[nodiscard]] double bound(double v, double alpha) const;

 private:
    double log_constant_;
};

/// For sub-Poisson sums with scale c > 0. One-sided.
class gamma_poisson_mixture : public gamma_mixture {
 public:
    gamma_poisson_mixture(const mixture_tuning& tuning, double c);
    [[nodiscard]] double log_value(double s, double v) const;
    [[nodiscard]] double bound(double v, double alpha) const;

 private:
    double log_constant_;
};

/// The range of a sub-Bernoulli step: from -g to h, both > 0.
struct bernoulli_range {
    double g = 0.5;
    double h = 0.5;
};

/// For sub-Bernoulli sums, one- or two-sided. -(v + r) / h < s < (v + r) / g, v >= 0; after n steps
/// v = g h n and s cannot leave [-v / h, v / g], so the bound is at most v / g.
class beta_binomial_mixture {
 public:
    beta_binomial_mixture(const mixture_tuning& tuning, const bernoulli_range& range, sides tails);
    [[nodiscard]] double log_value(double s, double v) const;
    [[nodiscard]] double bound(double v, double alpha) const;

    /// Whether log_value() is defined there.
    [[nodiscard]] bool contains(double s, double v) const noexcept;

 private:
    double r_;
    bernoulli_range range_;
    sides tails_;
    double log_constant_;
};

}  // namespace millrace::stats
