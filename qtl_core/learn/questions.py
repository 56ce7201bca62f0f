"""The questions that learners ask most, each answered in a short text with something to try."""

from __future__ import annotations

from qtl_core.learn.ideas import CEREZO, MARI
from qtl_core.learn.topic import Reference, Topic

IMAGENET = Reference(
    "Russakovsky and others",
    "ImageNet Large Scale Visual Recognition Challenge",
    "International Journal of Computer Vision 115, 211",
    2015,
    "1409.0575",
)
BATCH_NORM = Reference(
    "Ioffe, Szegedy",
    "Batch normalization: accelerating deep network training by reducing internal covariate shift",
    "ICML, PMLR 37, 448",
    2015,
    "1502.03167",
)
GRANT = Reference(
    "Grant, Wossnig, Ostaszewski, Benedetti",
    "An initialization strategy for addressing barren plateaus in parametrized quantum circuits",
    "Quantum 3, 214",
    2019,
    "1903.05076",
)
HE = Reference("He, Zhang, Ren, Sun", "Deep residual learning for image recognition", "CVPR, 770", 2016, "1512.03385")
MCCLEAN = Reference(
    "McClean, Boixo, Smelyanskiy, Babbush, Neven",
    "Barren plateaus in quantum neural network training landscapes",
    "Nature Communications 9, 4812",
    2018,
    "1803.11173",
)

QUESTIONS = (
    Topic(
        "hadamards",
        "questions",
        "Why the Hadamards?",
        "Before a picture's numbers turn the qubits, each gets a **Hadamard gate**. It lays the arrow from the pole to "
        "the equator, “unbiased with respect to 0 and 1”, as a comment in the authors' code says.\n\n"
        "What that is for is seen at an angle of zero. On the equator the answer ⟨Z⟩ is 0 and changes at once, down "
        "for a turn one way and up for the other. At the pole it is 1, its largest value: a small turn either way "
        "changes it hardly, and by the same amount, so that the sign of the picture's number is lost. With all angles "
        "zero no trained angle changes any answer then, for a small turn.",
        "Make the picture's angles small, with and without the gates. The first chart is a lone qubit; the second is "
        "the usual slope by which the whole circuit's angles would learn.",
        "The gates do not make the circuit any more quantum: a turn by 90° about Y in their place does the same here. "
        "Where a picture's angles are large the two circuits learn alike, as the second chart shows. And the layer "
        "before the circuit could learn to add nearly as much itself.",
        (MARI,),
        r"\langle Z\rangle_{\text{with}} = -\sin\alpha, \qquad \langle Z\rangle_{\text{without}} = \cos\alpha",
        ("Hadamard gate", "expectation value", "embedding", "gradient"),
    ),
    Topic(
        "first_angles",
        "questions",
        "Why start at 0.01?",
        "The circuit's angles start at random, normally distributed with a spread of 0.01 rad, half a degree: in the "
        "authors' code **q_delta**. So at first every trained gate does almost nothing, and the circuit is its CNOTs "
        "alone. The code gives no reason; three things can be computed.\n\n"
        "*Luck plays no part*: fresh starts answer alike. *The slope is there*: being small the angles are not at a "
        "flat place, thanks to the Hadamards. And with many qubits, angles drawn from the whole circle make slopes "
        "small, which is known as a **barren plateau**; starting near nothing is one way around it.",
        "Choose the qubits, and a spread. The full line is the slope that training begins with, the dashed one how "
        "much first answers differ from start to start.",
        "With the paper's four qubits even angles from the whole circle keep most of the slope, so that no plateau is "
        "avoided there. And angles that start small may stay so, where the layers around the circuit learn instead: "
        "the Circuit page says of any run how far they moved. Which start learns best on your pictures, only training "
        "shows.",
        (MARI, GRANT, MCCLEAN),
        r"\theta_k \sim \mathcal{N}(0,\, 0.01^2)",
        ("seed", "gradient", "barren plateau", "ansatz"),
    ),
    Topic(
        "thousand_classes",
        "questions",
        "Had ResNet not seen ants?",
        "It had. ResNet-18 learnt ImageNet's 1,000 classes from 1.3 million photos, and number 310 of them is **ant** "
        "(WordNet's n02219486), number 309 **bee** (n02206856). The authors say so in their own repository and tried "
        "it: with no training for the task, the network's own answer among the thousand is right for 114 of the 153 "
        "photos (0.7451).\n\nCounted here, on the same photos: the network that comes with this app is right for 128 "
        "among the thousand, and for 149 if asked only which of the two is likelier. MobileNetV2 is right for 125, and "
        "for 151. The trained circuit of the paper got 148, at the epoch that did best on these photos.",
        "Choose a picture, and see what the network itself says of it among its thousand classes, before anything of "
        "this app was trained.",
        "So ants and bees do not test whether knowledge carries over to something new: the task was in the old one, "
        "and these very photos may have been, as they were taken from ImageNet. They show how a small head is attached "
        "and trained. For a fairer test take classes that ImageNet has not, or drawings, which these networks find "
        "harder.",
        (IMAGENET, HE, MARI),
        "",
        ("backbone", "transfer learning", "features", "head"),
    ),
    Topic(
        "batch_norm",
        "questions",
        "Why is validation ahead?",
        "In the published curves the network does better on pictures it never learns from, in 29 of 30 epochs and at "
        "the end. That is no magic, and none of it is noise added to the training pictures: the random crops and flips "
        "are switched off in the published code.\n\n"
        "Two things are left. Training accuracy is counted *while* the epoch goes on, with weights that were worse at "
        "its beginning; that explains the first epoch or two. And while training the code puts the whole network into "
        "training mode, the frozen part too: its **batch norms** then scale by the mean and spread of just four "
        "pictures, a shaky measure, and for validation by those kept from many. That explains the rest: ResNet-18 has "
        "nothing else that differs between the two modes.",
        "Compare the paper's run with the same training here: as published, with the batch norms alone in training "
        "mode, and with the network truly frozen. Training overtakes validation only in the last.",
        "These are single runs, ours with another image network than the paper's. As published it also skips some of "
        "its blocks at random (stochastic depth); without that the gap is the same within chance, so it is the batch "
        "norms'. Whoever trains with truly frozen networks, the usual setting here, does not meet it.",
        (BATCH_NORM, MARI, CEREZO),
        r"\hat{x} = \frac{x - \operatorname{mean}(x)}{\sqrt{\operatorname{var}(x) + \varepsilon}}",
        ("validation", "epoch", "batch", "backbone", "accuracy"),
    ),
)
