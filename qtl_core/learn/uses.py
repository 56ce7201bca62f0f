"""Uses of variational circuits: each field with a small honest example, and what does as well without."""

from __future__ import annotations

from qtl_core.learn.topic import Reference, Topic

PERUZZO = Reference(
    "Peruzzo and others",
    "A variational eigenvalue solver on a photonic quantum processor",
    "Nature Communications 5, 4213",
    2014,
    "1304.3061",
)
OMALLEY = Reference(
    "O'Malley and others",
    "Scalable quantum simulation of molecular energies",
    "Physical Review X 6, 031007",
    2016,
    "1512.06860",
)
FARHI = Reference(
    "Farhi, Goldstone, Gutmann", "A quantum approximate optimization algorithm", "preprint", 2014, "1411.4028"
)
HENDERSON = Reference(
    "Henderson, Shakya, Pradhan, Cook",
    "Quanvolutional neural networks: powering image recognition with quantum circuits",
    "Quantum Machine Intelligence 2, 2",
    2020,
    "1904.04767",
)
LORENZ = Reference(
    "Lorenz, Pearson, Meichanetzidis, Kartsaklis, Coecke",
    "QNLP in practice: running compositional models of meaning on a quantum computer",
    "Journal of Artificial Intelligence Research 76",
    2023,
    "2102.12846",
)
SKOLIK = Reference(
    "Skolik, Jerbi, Dunjko",
    "Quantum agents in the Gym: a variational quantum algorithm for deep Q-learning",
    "Quantum 6, 720",
    2022,
    "2103.15084",
)
BENEDETTI = Reference(
    "Benedetti and others",
    "A generative modeling approach for benchmarking and training shallow quantum circuits",
    "npj Quantum Information 5, 45",
    2019,
    "1801.07686",
)
KHATRI = Reference(
    "Khatri, LaRose, Poremba, Cincio, Sornborger, Coles",
    "Quantum-assisted quantum compiling",
    "Quantum 3, 140",
    2019,
    "1807.00800",
)
ROMERO = Reference(
    "Romero, Olson, Aspuru-Guzik",
    "Quantum autoencoders for efficient compression of quantum data",
    "Quantum Science and Technology 2, 045001",
    2017,
    "1612.02806",
)
LIU = Reference(
    "Liu, Rebentrost",
    "Quantum machine learning for quantum anomaly detection",
    "Physical Review A 97, 042315",
    2018,
    "1710.07405",
)
EGGER = Reference(
    "Egger, García Gutiérrez, Cahué Mestre, Woerner",
    "Credit risk analysis using quantum computers",
    "IEEE Transactions on Computers 70, 2136",
    2021,
    "1907.03044",
)
SUZUKI = Reference(
    "Suzuki and others",
    "Amplitude estimation without phase estimation",
    "Quantum Information Processing 19, 75",
    2020,
    "1904.10246",
)

USES = (
    Topic(
        "chemistry",
        "uses",
        "Chemistry",
        "How strongly a molecule holds together is a question about the least energy its electrons can have. "
        "Electrons are quantum, and the table of numbers that describes them doubles with every *spin orbital*, a "
        "place for one electron, so a quantum computer is a natural place to hold it. The **variational "
        "eigensolver** prepares a state with a few knobs, measures its energy, and turns the knobs down the slope: "
        "no state can have less energy than the lowest one, so lower is always nearer.\n\nBelow is the hydrogen "
        "molecule in the smallest usual description (STO-3G), two qubits, one knob; then, in three molecules with "
        "eight knobs each, how far knobs that were set at one distance do for others.",
        "Set the distance of the two atoms, then turn the knob until the energy is as low as it gets; or let the "
        "gradient find it. The lowest point of the curve is how far apart the atoms sit.",
        "The knob finds the exact energy of this description, as a 4 × 4 matrix on paper does; the description "
        "itself is coarse, and nature lies lower. Molecules of use in industry need far more qubits and far fewer "
        "errors than there are, and classical chemistry is very good at most of them.",
        (PERUZZO, OMALLEY),
        r"E(\theta) = \langle\psi(\theta)|\,H\,|\psi(\theta)\rangle \ge E_0, \qquad "
        r"|\psi(\theta)\rangle = \cos\tfrac{\theta}{2}|00\rangle + \sin\tfrac{\theta}{2}|11\rangle",
        ("expectation value", "ansatz", "parameter-shift rule"),
    ),
    Topic(
        "optimisation",
        "uses",
        "Optimisation",
        "Split people into two teams so that as many quarrelling pairs as possible are apart: *MaxCut*, a model of "
        "many planning problems. A qubit says on which side each one is. **QAOA** starts from an equal superposition "
        "of all splits, gives each a phase by how good it is, then mixes, so that good ones come up more often when "
        "measured.\n\nOne layer has two knobs, so all of it can be drawn as a map.",
        "Walk over the map with both knobs and watch how often a best split comes up; or jump to the map's highest "
        "point.",
        "Here all splits were simply tried, which takes less than a thousandth of a second. With one layer the mean "
        "stays below the best, and for large graphs good classical methods are hard to beat: no speed-up is proven "
        "for QAOA.",
        (FARHI,),
        r"|\gamma,\beta\rangle = e^{-i\beta\sum_k X_k}\, e^{-i\gamma C}\,|{+}\rangle^{\otimes n}",
        ("superposition", "phase", "shots"),
    ),
    Topic(
        "images",
        "uses",
        "Image processing",
        "A classical image network slides small filters over a picture. A **quanvolution** slides a small circuit "
        "instead: four neighbouring pixels go in as four angles, four expectation values come out, and make four new "
        "pictures of half the size for an ordinary network to go on with. In the paper the circuits are random and "
        "never trained.\n\nWhat you see is done with this app's own simulator on one of its own drawings.",
        "Draw another circuit, or make it deeper. Under each picture stands how much of it a plain weighted sum of the "
        "same four pixels gives as well.",
        "A photo of 224 by 224 pixels would need 12,544 runs of the circuit, each with many shots. With four qubits "
        "every one of them is computed in an instant classically, and nobody has shown that such filters beat "
        "classical ones of the same size.",
        (HENDERSON,),
        "",
        ("embedding", "expectation value", "features"),
    ),
    Topic(
        "language",
        "uses",
        "Language",
        "Grammar says how words combine: a verb takes a noun and makes a sentence. **Compositional models** build a "
        "circuit the same way. A noun is a qubit, a verb a pair of qubits; the noun is fed in by measuring it "
        "together with the verb's first qubit, and the second one then holds the sentence.\n\n"
        "Twenty-four two-word sentences: does what the noun can and what the verb says go together? Neither word "
        "alone tells. Sixteen are learnt from, eight are held out.",
        "Drag the training steps and watch the words find their meaning; try other first angles, as not all starts "
        "end well.",
        "Feeding in works only when that measurement comes out right, about once in four times here, and rarer with "
        "each word. The same sum, a noun's two numbers times a verb's table, needs no quantum computer; large "
        "language models work otherwise, and far better.",
        (LORENZ,),
        r"P(\text{fits}) = \frac{|s_1|^2}{|s_0|^2+|s_1|^2}, \qquad s_j = \tfrac{1}{\sqrt 2}\sum_i n_i V_{ij}",
        ("entanglement", "shots", "validation"),
    ),
    Topic(
        "control",
        "uses",
        "Robotics and control",
        "A robot reads its sensors and decides what to do, again and again. A **variational circuit as a controller** "
        "takes the readings in as angles and gives an expectation value as the push. In reinforcement learning such "
        "circuits have learnt to balance a pole on a cart, in simulation.\n\n"
        "Here one qubit balances a pole of a metre: its angle and its speed turn the qubit, two gains say how far.",
        "Set both gains and see whether the pole stays up. Every point of the map is a controller that was tried out. "
        "Then let it decide from a few shots, as real hardware would.",
        "This qubit is the school controller (angle and speed, weighted) through a sine, and the plain sum does as "
        "well. A decision every 20 ms from a remote quantum computer is out of reach today.",
        (SKOLIK,),
        r"\text{push} \propto \langle Z\rangle = -\sin(a\,\vartheta + b\,\dot\vartheta)",
        ("variational circuit", "shots", "expectation value"),
    ),
    Topic(
        "generative",
        "uses",
        "Generative models",
        "Measuring a circuit gives random bit strings. A **Born machine** is a circuit trained so that they look like "
        "examples: the probabilities are the model, and each shot is a new sample. Sampling is what quantum computers "
        "do by nature, and for some circuits it is believed to be hard to imitate.\n\n"
        "The examples here are bars and stripes: pictures of four pixels whose rows, or whose columns, are all alike. "
        "Six of the sixteen pictures are.",
        "Choose the layers, then drag the training steps: the six good pictures rise, the others fall. With too few "
        "layers they cannot.",
        "Sixteen probabilities fit in a table. To train, all of them were computed here, which is just what one "
        "cannot do for many qubits; from samples alone training is harder, and classical generators are far ahead on "
        "real pictures.",
        (BENEDETTI,),
        r"p_\theta(x) = |\langle x|U(\theta)|0\rangle|^2",
        ("shots", "variational circuit", "loss"),
    ),
    Topic(
        "compilation",
        "uses",
        "Compilation",
        "A quantum computer knows only a few kinds of gates, and the ones that join two qubits are the noisiest. "
        "**Compiling** means to say the same with what there is, with as few of those as possible. It can be put as "
        "training: turn the angles of a given circuit until it does what the wanted gate does. This is one use where "
        "the circuit itself is the aim, so nothing is lost in translation.",
        "Choose a gate and how many CNOTs may be used. The search needs less than a second; see what cannot be said "
        "with fewer, however long one searches.",
        "For two qubits the answer is known in closed form: three CNOTs are always enough. Training is of interest "
        "where no formula is known; but to check a large circuit's likeness one needs a quantum computer, or luck.",
        (KHATRI,),
        r"F = \tfrac{1}{16}\,\bigl|\mathrm{Tr}\,(V^\dagger\, U(\theta))\bigr|^2",
        ("CNOT", "entangler", "ansatz"),
    ),
    Topic(
        "compression",
        "uses",
        "Compression",
        "If all states one deals with are alike in some way, they can be said with fewer qubits. A **quantum "
        "autoencoder** learns how: it turns the states until one qubit is 0 as often as possible, whatever came in. "
        "If it always is, that qubit holds nothing any more: it can be dropped, and a fresh one put in its place to "
        "undo it.\n\nThe states here are the hydrogen molecule's at many distances, as in the paper, on two qubits.",
        "Choose the states, and drag the training steps. Every fourth one is learnt from; see whether the others fit "
        "as well.",
        "The best there can be is known from principal components, the classical way, and is drawn as a line. For "
        "data that is not quantum there is no reason to do it like this: loading it would cost more than it saves.",
        (ROMERO,),
        r"1 - \mathcal{L} = P(\text{spare qubit} = 0) \le \lambda_1 + \lambda_2",
        ("qubit", "entanglement", "purity"),
    ),
    Topic(
        "anomaly",
        "uses",
        "Anomaly detection",
        "What is unlike everything usual: a failing machine, a forged payment, a photo far from all others. "
        "One way is to turn each item into a state and ask how much a new one **overlaps** with the usual ones. The "
        "overlap of two states is something that a quantum computer can measure, also where the states are too large "
        "to write down.\n\nThe usual points here lie on a ring.",
        "Change how far a point turns its qubits, and the kind of state: bright is what counts as usual. Compare how "
        "well usual and strange points are told apart.",
        "The distance to the nearest usual point does better on this, and takes one line. For turns alone the overlap "
        "is a product of squared cosines, so that a quantum computer is not needed. Its promise is for data that is "
        "quantum.",
        (LIU,),
        r"k(x, y) = |\langle\psi(x)|\psi(y)\rangle|^2 = \prod_k \cos^2\frac{s\,(x_k - y_k)}{2}",
        ("embedding", "statevector", "features"),
    ),
    Topic(
        "finance",
        "uses",
        "Finance",
        "Risk is often a probability that has no formula, so banks simulate: they let chance play through a hundred "
        "thousand possible years, and count the bad ones (*Monte Carlo*). Half the error takes four times as many. "
        "**Amplitude estimation** puts all outcomes into one state and turns it, round by round, towards the bad "
        "ones; half the error takes about twice the uses. This gain is proven, counted in uses of the "
        "circuit.\n\nBelow are five made-up loans that fail independently.",
        "Set how likely a loan is to fail, and how many failures are bad. Then see how the error falls for both ways.",
        "The gain needs thousands of gates without an error, which no machine has, and loading real data may eat it "
        "up. These five loans are a sum of a few terms, computed exactly on the spot. It says nothing about any "
        "market.",
        (EGGER, SUZUKI),
        r"P_k = \sin^2\bigl((2k+1)\,t\bigr), \qquad \sin^2 t = P(\text{bad})",
        ("shots", "superposition", "phase"),
    ),
)
