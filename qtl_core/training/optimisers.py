"""Adam, AdamW and SGD by torch's own fused kernels, which `torch.optim` calls, too: equal to the last bit.

`torch.optim` itself imports torch's compiler at the first step, which takes longer than the paper's whole training
(1.7 s of processor), and nothing of it is used here.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from qtl_core.settings import TrainingSettings
from qtl_core.training.checkpoints import BETA1, BETA2, EPSILON

State = dict[str, Tensor]  # an optimiser's memory of one parameter, by the names that `torch.optim` uses


class Optimiser:
    """Moves parameters by their gradients; those without one, and their memory, stay as they are.

    Args:
        training: Which optimiser, its momentum and its weight decay.
        parameters: What it moves.

    Attributes:
        rate: The learning rate of the next step.
        state: The memory of each parameter that has been moved: `exp_avg`, `exp_avg_sq` and `step` of Adam and AdamW,
            `momentum_buffer` of SGD with momentum.
    """

    def __init__(self, training: TrainingSettings, parameters: Iterable[Tensor]) -> None:
        self.training, self.parameters = training, list(parameters)
        self.rate = training.learning_rate
        self.state: dict[Tensor, State] = {}

    def zero_grad(self) -> None:
        """Forgets all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Moves every parameter that has a gradient."""
        moved = [parameter for parameter in self.parameters if parameter.grad is not None]
        if not moved:
            return
        if self.training.optimiser == "sgd":
            self._sgd(moved)
        else:
            self._adam(moved)

    def _adam(self, moved: list[Tensor]) -> None:
        memory = [self.state.setdefault(each, {}) or self._fresh(each) for each in moved]
        steps = [each["step"] for each in memory]
        torch._foreach_add_(steps, 1)
        kernel = torch._fused_adamw_ if self.training.optimiser == "adamw" else torch._fused_adam_
        kernel(
            moved,
            [each.grad for each in moved if each.grad is not None],
            [each["exp_avg"] for each in memory],
            [each["exp_avg_sq"] for each in memory],
            [],
            steps,
            lr=self.rate,
            beta1=BETA1,
            beta2=BETA2,
            weight_decay=self.training.weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def _fresh(self, parameter: Tensor) -> State:
        self.state[parameter] = {
            "step": torch.zeros((), device=parameter.device),  # single precision always, as `torch.optim` has it
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
        }
        return self.state[parameter]

    def _sgd(self, moved: list[Tensor]) -> None:
        has_momentum = self.training.momentum != 0
        known = [each for each in moved if "momentum_buffer" in self.state.get(each, {})]
        for group in (known, [each for each in moved if each not in self.state]):
            buffers = [self._buffer(each) for each in group] if has_momentum else []
            if group:
                self._sgd_step(group, buffers, is_first=has_momentum and group is not known)

    def _buffer(self, parameter: Tensor) -> Tensor:
        return self.state.setdefault(parameter, {"momentum_buffer": torch.empty_like(parameter)})["momentum_buffer"]

    def _sgd_step(self, moved: list[Tensor], buffers: list[Tensor], *, is_first: bool) -> None:
        torch._fused_sgd_(
            moved,
            [each.grad for each in moved if each.grad is not None],
            buffers,
            weight_decay=self.training.weight_decay,
            momentum=self.training.momentum,
            lr=self.rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            is_first_step=is_first,
        )
