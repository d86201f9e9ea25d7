"""The problems of `spectrum`: linear maps, matrices with a trace, models with a loss."""
