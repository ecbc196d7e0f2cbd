# The R side of bench_beside_r.py: Rscript beside.R JOB FOLDER SECONDS
# Reads FOLDER/data.csv, fits the job again and again for about SECONDS, and prints the package, its
# version, the shortest time and the values, one per line with all their digits.

to_the_end <- glm.control(epsilon = 1e-14) # its own limit leaves 1e-5 in the dispersion

jobs <- list(
  stratified = list("survey", function(d) {
    design <- survey::svydesign(id = ~1, strata = ~stratum, fpc = ~size, data = d)
    mean <- survey::svymean(~birds, design)
    total <- survey::svytotal(~birds, design)
    c(coef(mean), survey::SE(mean), coef(total), survey::SE(total))
  }),
  ratio = list("survey", function(d) {
    design <- survey::svydesign(id = ~1, fpc = ~units, data = d)
    fit <- survey::svyratio(~birds, ~area, design)
    c(coef(fit), survey::SE(fit))
  }),
  households = list("survey", function(d) {
    design <- survey::svydesign(id = ~village, strata = ~stratum, weights = ~weight, data = d)
    mean <- survey::svymean(~nets, design)
    total <- survey::svytotal(~nets, design)
    c(coef(mean), survey::SE(mean), coef(total), survey::SE(total))
  }),
  trend = list("stats", function(d) {
    fit <- summary(glm(count ~ year, quasipoisson, d, control = to_the_end))
    c(fit$coefficients["year", 1:2], fit$dispersion)
  }),
  negbin = list("MASS", function(d) {
    fit <- MASS::glm.nb(count ~ year, d)
    c(coef(fit)["year"], fit$theta)
  }),
  smooth = list("mgcv", function(d) {
    fit <- mgcv::gam(count ~ s(year, k = 6, bs = "cr", fx = TRUE), quasipoisson, d)
    predict(fit, type = "response")
  }),
  baci = list("lme4", function(d) {
    d$treatment <- factor(d$treatment, c("control", "impact"))
    d$period <- factor(d$period, c("before", "after"))
    fit <- lme4::lmer(count ~ treatment * period + (1 | site) + (1 | date) + (1 | site:date), d)
    c(summary(fit)$coefficients[4, 1:2])
  }),
  betweenness = list("igraph", function(d) {
    graph <- igraph::graph_from_data_frame(d[, c("from", "to")], directed = FALSE,
                                           vertices = sort(unique(c(d$from, d$to))))
    igraph::betweenness(graph, weights = d$km, normalized = TRUE)
  }),
  alpha = list("psych", function(d) {
    psych::alpha(d)$total$raw_alpha
  }),
  persistence = list("survival", function(d) {
    low <- ifelse(d$last_present == 0, NA, d$last_present)
    time <- survival::Surv(low, d$first_absent, type = "interval2")
    fit <- survival::survreg(time ~ 1, dist = "exponential")
    exp(coef(fit))
  }),
  sites = list("stats", function(d) {
    fit <- summary(glm(count ~ factor(site) + factor(year), poisson, d, control = to_the_end))$coefficients
    fit[grepl("year", rownames(fit)), 1:2]
  }),
  index = list("rtrim", function(d) {
    fit <- rtrim::trim(count ~ site + year, data = d, model = 3, serialcor = TRUE, overdisp = TRUE)
    index <- rtrim::index(fit, which = "imputed")
    slope <- rtrim::overall(fit, which = "imputed")$slope
    c(index$imputed, index$se_imp, slope$add, slope$se_add, rtrim::wald(fit)$deviations$W)
  })
)

given <- commandArgs(trailingOnly = TRUE)
package <- jobs[[given[1]]][[1]]
run <- jobs[[given[1]]][[2]]
if (!requireNamespace(package, quietly = TRUE)) {
  cat("absent", package, "\n")
  quit()
}
data <- read.csv(file.path(given[2], "data.csv"))
quiet <- function(expression) suppressWarnings(suppressMessages(expression))
values <- quiet(run(data)) # the first run also loads the package
best <- Inf
end <- proc.time()[["elapsed"]] + as.numeric(given[3])
repeat {
  start <- Sys.time()
  quiet(run(data))
  best <- min(best, as.numeric(Sys.time() - start, units = "secs"))
  if (proc.time()[["elapsed"]] > end) break
}
cat("package", package, as.character(packageVersion(package)), "\n")
cat("seconds", sprintf("%.17g", best), "\n")
cat("value", sprintf("%.17g", as.numeric(unlist(values))), sep = "\nvalue ")
